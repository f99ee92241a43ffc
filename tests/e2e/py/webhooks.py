"""A receiver's check that is not ours: the published standardwebhooks library.

Reads {"secret": text, "messages": [{"headers": {}, "body": text}]} from standard input and answers, for each message,
its type or why it was refused.
"""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def main() -> None:
    asked = json.load(sys.stdin)
    webhook = Webhook(asked["secret"])
    answers = []
    for message in asked["messages"]:
        try:
            answers.append(webhook.verify(message["body"], message["headers"])["type"])
        except WebhookVerificationError as error:
            answers.append(f"refused: {error}")
    json.dump(answers, sys.stdout)


main()
