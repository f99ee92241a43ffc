"""A verifier that is not ours: PyJWT with its key set client.

Reads {"jwks": url, "issuer": text, "audience": text, "tokens": [...]} from standard input and answers, for each token,
its claims or why it was refused.
"""

import json
import sys

import jwt


def main() -> None:
    asked = json.load(sys.stdin)
    keys = jwt.PyJWKClient(asked["jwks"], timeout=10)
    answers = []
    for token in asked["tokens"]:
        try:
            key = keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["ES256"],
                audience=asked["audience"],
                issuer=asked["issuer"],
                options={"require": ["exp", "iat", "sub", "aud", "iss", "jti"]},
            )
            answers.append({"ok": True, "claims": claims, "kid": key.key_id})
        except jwt.PyJWTError as error:
            answers.append({"ok": False, "error": type(error).__name__})
    json.dump(answers, sys.stdout)


main()
