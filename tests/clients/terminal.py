"""Runs a command whose stdin and stderr are a terminal, and types an answer at each prompt.

stdin: {"command": [...], "answers": [...]}; stdout: {"code", "out", "screen"}.
"""

import json
import os
import pty
import select
import subprocess
import sys
import time


def main():
    asked = json.load(sys.stdin)
    ours, theirs = pty.openpty()
    child = subprocess.Popen(asked["command"], stdin=theirs, stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    screen, seen, answers = b"", 0, list(asked["answers"])
    end = time.monotonic() + 60
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if ready:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # the other side is gone
                break
            screen += chunk
        elif child.poll() is not None:
            break
        # A prompt ends in a colon and a blank and waits.
        if answers and screen[seen:].endswith(b": "):
            seen = len(screen)
            os.write(ours, answers.pop(0).encode() + b"\n")
    try:
        out = child.communicate(timeout=10)[0]
    except subprocess.TimeoutExpired:
        child.kill()
        raise RuntimeError(f"it still waits: {screen.decode()}") from None
    json.dump({"code": child.returncode, "out": out.decode(), "screen": screen.decode()}, sys.stdout)


if __name__ == "__main__":
    main()
