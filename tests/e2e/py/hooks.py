"""How schemathesis signs in: as whoever the environment says, anew now and then, because it signs itself out."""

import json
import os
import urllib.request

import schemathesis

WHO = json.loads(os.environ.get("DESCRIBED_WHO", "null"))


@schemathesis.deserializer("application/jwt", "text/*")
def as_text(context, response):
    """What is no JSON is a string, as its schema says."""
    return response.content.decode()


@schemathesis.hook
def filter_query(context, query):
    """A parameter that is given twice is read once, which no schema can say."""
    return not any(isinstance(value, (list, dict)) for value in (query or {}).values())


if WHO:

    @schemathesis.auth(refresh_interval=WHO["seconds"])
    class SignIn:
        """A bearer token, so that no cookie decides."""

        def get(self, case, context):
            body = json.dumps(WHO["body"]).encode()
            request = urllib.request.Request(WHO["url"], body, {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=20) as reply:
                cookies = reply.headers.get_all("set-cookie")
            pairs = (cookie.split(";")[0].split("=", 1) for cookie in cookies)
            return next(value for name, value in pairs if name == WHO["cookie"])

        def set(self, case, data, context):
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {data}"
