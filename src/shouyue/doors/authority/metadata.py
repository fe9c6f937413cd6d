"""The authorisation server described, for clients that ask (RFC 8414), and its addresses."""

from collections.abc import Mapping

from shouyue.platform.catalogue import service as catalogue

AUTHORIZE_PATH = "/oauth2/authorize"
TOKEN_PATH = "/oauth2/access_token"  # noqa: S105 - an address
REFRESH_PATH = "/oauth2/refresh_token"
REVOKE_PATH = "/oauth2/revoke"
INTROSPECT_PATH = "/oauth2/introspect"
_PROOFS = ("client_secret_basic", "client_secret_post")


def described(origin: str) -> Mapping[str, object]:
    """Return the description of this authorisation server (RFC 8414, section 2)."""
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}{AUTHORIZE_PATH}",
        "token_endpoint": f"{origin}{TOKEN_PATH}",
        "token_endpoint_auth_methods_supported": list(_PROOFS),
        "revocation_endpoint": f"{origin}{REVOKE_PATH}",
        "revocation_endpoint_auth_methods_supported": list(_PROOFS),
        "introspection_endpoint": f"{origin}{INTROSPECT_PATH}",
        "introspection_endpoint_auth_methods_supported": list(_PROOFS),
        "scopes_supported": sorted(catalogue.scopes()),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["zh", "en"],
        "service_documentation": f"{origin}/docs",
    }
