"""Follows the live stream with the `websockets` library, is cut off again and again, and resumes.

Usage: live_resume.py URL TOKEN SCHEMA CUTS LAST
  CUTS  how often the connection is aborted, without a goodbye, in the middle of what comes
  LAST  the number of the last event; the story ends there

Prints "ready" once it follows, then one line of JSON: the numbers as they came, and how often it resumed. Exits with 1 and
a sentence where something was missed, came twice, out of order, or did not fit the schema.
"""

import asyncio
import json
import random
import sys

import jsonschema
import websockets

PROTOCOL = "plumbline.live.v1"


def validator(path):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    server = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/server"}
    jsonschema.Draft202012Validator.check_schema(server)
    return jsonschema.Draft202012Validator(server)


class Follower:
    def __init__(self, url, token, schema, last):
        self.url, self.token, self.schema, self.end = url, token, schema, last
        self.epoch, self.last = None, None
        self.seen, self.resumed = [], 0

    def check(self, text):
        frame = json.loads(text)
        faults = [error.message for error in self.schema.iter_errors(frame)]
        if faults:
            raise SystemExit(f"a frame does not fit the schema: {faults} {frame}")
        return frame

    async def hello(self, socket):
        data = {"token": self.token, "client": {"tab": "outside", "version": "1"}}
        if self.epoch is not None:
            data["resume"] = {"epoch": self.epoch, "last_seq": self.last}
        await socket.send(json.dumps({"type": "authenticate", "id": "a", "data": data}))
        frame = self.check(await socket.recv())
        if frame["type"] != "authenticated" or frame.get("ref") != "a":
            raise SystemExit(f"not authenticated: {frame}")
        hello = frame["data"]
        if self.epoch is None:
            self.epoch, self.last = hello["epoch"], hello["head_seq"]
            print("ready", flush=True)
        elif hello["epoch"] != self.epoch or not hello["resumed"]:
            raise SystemExit(f"not resumed after {self.last}: {hello}")
        else:
            self.resumed += 1

    def take(self, frame):
        if "seq" not in frame:
            return
        if frame["prev"] != self.last:
            raise SystemExit(f"expected the frame after {self.last}, got {frame}")
        self.last = frame["seq"]
        if frame["data"].get("scope") == "channel":
            self.seen.append(frame["data"]["n"])

    async def follow(self, until):
        """Follows until `until` numbered frames came, or the last event did. True at the end of the story."""
        async with websockets.connect(
            self.url, subprotocols=[PROTOCOL], compression=None, ping_interval=None, max_size=2**20
        ) as socket:
            if socket.subprotocol != PROTOCOL:
                raise SystemExit(f"the subprotocol is {socket.subprotocol!r}")
            await self.hello(socket)
            taken = 0
            while self.end not in self.seen[-1:]:
                frame = self.check(await socket.recv())
                self.take(frame)
                taken += "seq" in frame
                if until is not None and taken >= until:
                    # As when a cable is pulled: what is on its way is lost.
                    socket.transport.abort()
                    return False
            return True


async def main():
    url, token, schema, cuts, last = sys.argv[1:]
    chance = random.Random(7)
    follower = Follower(url, token, validator(schema), int(last))
    for _ in range(int(cuts)):
        if await follower.follow(chance.randrange(1, 40)):
            raise SystemExit("the story ended before every cut was made: give it more events")
    await follower.follow(None)
    if follower.seen != sorted(set(follower.seen)):
        raise SystemExit(f"something came twice or out of order: {follower.seen}")
    print(json.dumps({"seen": follower.seen, "resumed": follower.resumed}), flush=True)


asyncio.run(asyncio.wait_for(main(), 120))
