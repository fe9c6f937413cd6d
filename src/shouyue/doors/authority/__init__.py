"""The endpoints of the authorisation server: tokens given, looked at, taken back."""
