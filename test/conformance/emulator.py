"""What the scripts beside this one share: the emulator whose URL is their argument, its demo account and its clock."""

import json
import sys
import urllib.request

URL = sys.argv[1]
AK = "EMULATORACCESSKEY0001"
SK = "emulator-secret-key-0001"


def control(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + "/_emulator" + path, data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def advance(ms):
    control("POST", "/clock", {"advanceMs": ms})
