"""How API requests are signed, for those who show or explain it: the string and the signature.

Documentation and diagnosis ask here, so that what they print is what the gateway checks
(protocol, section 1.3).
"""

from shouyue.ground.hazmat import requests
from shouyue.ground.hazmat.requests import SignMethod

SIGNED = requests.SIGNED
base_string = requests.base_string
sign = requests.sign

__all__ = ["SIGNED", "SignMethod", "base_string", "sign"]
