"""A verifier that stays and follows the key set: PyJWT, or joserfc with a copy of its own.

python follow.py <pyjwt|joserfc> <key set url> <issuer> <seconds a copy is kept>; one token a line in, `ok` or why not out.
"""

import json
import sys
import time
import urllib.request

import jwt
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet


class PyJwt:
    def __init__(self, url: str, issuer: str, life: float) -> None:
        self.keys, self.issuer = jwt.PyJWKClient(url, lifespan=life, timeout=10), issuer

    def verify(self, token: str) -> None:
        key = self.keys.get_signing_key_from_jwt(token)
        jwt.decode(token, key.key, algorithms=["ES256"], audience="customer", issuer=self.issuer)


class Joserfc:
    def __init__(self, url: str, issuer: str, life: float) -> None:
        self.url, self.issuer, self.life, self.fetched, self.keys = url, issuer, life, 0.0, None

    def verify(self, token: str) -> None:
        # It never looks again for a kid it does not know: the strictest of the three.
        if time.monotonic() - self.fetched > self.life:
            with urllib.request.urlopen(self.url, timeout=10) as reply:
                self.keys, self.fetched = KeySet.import_key_set(json.load(reply)), time.monotonic()
        claims = joserfc_jwt.decode(token, self.keys, algorithms=["ES256"]).claims
        if claims["aud"] != "customer" or claims["iss"] != self.issuer or claims["exp"] < time.time():
            raise ValueError("claims")


def main() -> None:
    library, url, issuer, life = sys.argv[1:]
    verifier = {"pyjwt": PyJwt, "joserfc": Joserfc}[library](url, issuer, float(life))
    for line in sys.stdin:
        try:
            verifier.verify(line.strip())
            print("ok", flush=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the token was refused
            print(f"{library}: {type(error).__name__}", flush=True)


main()
