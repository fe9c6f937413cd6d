"""The sandbox: generated shops that stand behind the gateway as an ordinary upstream.

It knows nothing of the house and speaks to it as an operator's own systems would: it answers the
upstream route of each API, sends events to the event intake, and plays the parent platform's
login. All people in it are generated from a seed.
"""
