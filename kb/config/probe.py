"""Asks the server of this machine whether it is ready, for what watches it: `python -m kb.config.probe`.

Ends with 0 when it is and 1 when it is not, and says what it answered. It is asked under a name that it answers to.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException

from kb.config.environment import read_environment

SECONDS = 4.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, and where it is asked
MOST_SHOWN = 1000
OK = 200


def asked(address: str, port: int, name: str) -> tuple[bool, str]:
    """Whether the server that listens there is ready, and what it says."""
    connection = HTTPConnection(address, port, timeout=SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        answer = connection.getresponse()
        return answer.status == OK, answer.read(MOST_SHOWN).decode(errors="replace")
    except (OSError, HTTPException) as error:
        return False, f"{address} port {port} does not answer: {error}"
    finally:
        connection.close()


def main() -> None:
    """Ask, and say what came of it."""
    environment = read_environment()
    name = environment.allowed_hosts[0].lstrip(".").replace("*", "localhost")
    is_ready, said = asked(EVERYWHERE.get(environment.host, environment.host), environment.port, name)
    sys.stdout.write(f"{said}\n")
    sys.exit(not is_ready)


if __name__ == "__main__":
    main()
