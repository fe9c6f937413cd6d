"""Programs to copy: the first call in shell and Python, and a worked signature for each API.

They run as they stand once the secrets are in the environment; none of them holds a secret.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from shouyue.platform.apps import signatures
from shouyue.platform.apps.signatures import SignMethod
from shouyue.platform.catalogue.types import Api, TokenKind

EXAMPLE_KEY = "ks702013928374650192"
EXAMPLE_SECRET = "example-sign-secret"  # noqa: S105 - printed beside what it signs
_EXAMPLE_TOKEN = "example-access-token"  # noqa: S105
_EXAMPLE_TIME = "1795449600000"

_SHELL = r"""# export SIGN_SECRET=…  ACCESS_TOKEN=…
APPKEY=@APPKEY@
METHOD=@METHOD@
PARAM='@PARAM@'
SIGN_METHOD=HMAC_SHA256   # @OR@ MD5
TIMESTAMP=$(date +%s)000
BASE="access_token=$ACCESS_TOKEN&appkey=$APPKEY&method=$METHOD&param=$PARAM"
BASE="$BASE&signMethod=$SIGN_METHOD&timestamp=$TIMESTAMP&version=1&signSecret=$SIGN_SECRET"
if [ "$SIGN_METHOD" = MD5 ]; then
  SIGN=$(printf %s "$BASE" | openssl md5 -r | cut -d ' ' -f 1)
else
  SIGN=$(printf %s "$BASE" | openssl dgst -sha256 -hmac "$SIGN_SECRET" -binary | openssl base64 -A)
fi
curl @VERB@"@ORIGIN@@PATH@" \
  --data-urlencode "access_token=$ACCESS_TOKEN" \
  --data-urlencode "appkey=$APPKEY" \
  --data-urlencode "method=$METHOD" \
  --data-urlencode "param=$PARAM" \
  --data-urlencode "signMethod=$SIGN_METHOD" \
  --data-urlencode "timestamp=$TIMESTAMP" \
  --data-urlencode "version=1" \
  --data-urlencode "sign=$SIGN"
"""

_PYTHON = r"""import base64, hashlib, hmac, json, os, time
from urllib.parse import urlencode
from urllib.request import Request, urlopen

def sign(params, secret):
    base = "&".join(f"{key}={params[key]}" for key in sorted(params)) + f"&signSecret={secret}"
    if params["signMethod"] == "MD5":
        return hashlib.md5(base.encode()).hexdigest()
    return base64.b64encode(hmac.digest(secret.encode(), base.encode(), "sha256")).decode()

params = {
    "access_token": os.environ["ACCESS_TOKEN"],
    "appkey": "@APPKEY@",
    "method": "@METHOD@",
    "param": '@PARAM@',
    "signMethod": "HMAC_SHA256",  # @OR@ "MD5"
    "timestamp": str(int(time.time() * 1000)),
    "version": "1",
}
params["sign"] = sign(params, os.environ["SIGN_SECRET"])
@SEND@
print(json.load(urlopen(request)))
"""
_SEND = {
    "GET": 'request = Request("@ORIGIN@@PATH@?" + urlencode(params))',
    "POST": 'request = Request("@ORIGIN@@PATH@", urlencode(params).encode())',
}


@dataclass(frozen=True, slots=True)
class Programs:
    """The same call twice."""

    shell: str
    python: str


@dataclass(frozen=True, slots=True)
class Worked:
    """A signature worked out with a secret that is printed beside it."""

    base: str
    md5: str
    hmac: str


def programs(api: Api, appkey: str, origin: str, otherwise: str) -> Programs:
    """Return the programs that call an API; `otherwise` is the word for "or"."""
    words = {
        "@SEND@": _SEND[api.verb],
        "@VERB@": "-G " if api.verb == "GET" else "",
        "@APPKEY@": appkey,
        "@METHOD@": api.name,
        "@PARAM@": param(api),
        "@ORIGIN@": origin,
        "@PATH@": api.path,
        "@OR@": otherwise,
    }
    return Programs(_filled(_SHELL, words), _filled(_PYTHON, words))


def exchange(appkey: str, origin: str) -> str:
    """Return the command that turns a code into tokens."""
    return (
        f'curl "{origin}/oauth2/access_token" \\\n'
        f"  -d grant_type=code -d app_id={appkey} \\\n"
        '  --data-urlencode "app_secret=$APP_SECRET" \\\n'
        '  --data-urlencode "code=$CODE"\n'
    )


def authorize_url(appkey: str, callback: str, scopes: tuple[str, ...], origin: str) -> str:
    """Return the address to which an app sends a merchant."""
    query = {
        "app_id": appkey,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": "STATE",
    }
    return f"{origin}/oauth/authorize?{urlencode(query, safe=',')}"


def worked(api: Api) -> Worked:
    """Return the string to sign and both signatures for the example call of an API."""
    return Worked(
        signatures.base_string(_params(api, SignMethod.HMAC_SHA256), EXAMPLE_SECRET),
        signatures.sign(SignMethod.MD5, _params(api, SignMethod.MD5), EXAMPLE_SECRET),
        signatures.sign(
            SignMethod.HMAC_SHA256, _params(api, SignMethod.HMAC_SHA256), EXAMPLE_SECRET
        ),
    )


def param(api: Api) -> str:
    """Return the example's business parameters as one JSON text."""
    first = api.examples[0] if api.examples else {}
    return json.dumps(first, ensure_ascii=False, separators=(",", ":"))


def _params(api: Api, method: SignMethod) -> Mapping[str, str]:
    token = {"access_token": _EXAMPLE_TOKEN} if api.token is TokenKind.USER else {}
    return {
        **token,
        "appkey": EXAMPLE_KEY,
        "method": api.name,
        "param": param(api),
        "signMethod": method.value,
        "timestamp": _EXAMPLE_TIME,
        "version": "1",
    }


def _filled(program: str, words: Mapping[str, str]) -> str:
    for mark, text in words.items():
        program = program.replace(mark, text)
    return program
