"""Pushed messages: what happened in a shop, told to the apps that asked and are let in."""
