"""The authorisation server: a merchant lets an app in, for so much and so long."""
