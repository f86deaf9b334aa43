"""The processes of the story: started on free ports of 127.0.0.1, and ended whatever happens."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from expectations import Found, NotAsExpected, wait_for

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "us-east-1"
_HERE = Path(__file__).parent
_START_SECONDS = 60


class Process:
    """A program with its own process group, whose output goes to a file."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The whole group, so that functions go with their local AWS; it has nothing to save.
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def end_of_log(self) -> str:
        return self.output()[-5000:]

    def check_alive(self) -> None:
        if (code := self._child.poll()) is not None:
            raise NotAsExpected(f"{self.name} ended with {code} before it was ready")

    def started(self, what: str, find: Callable[[], Found | None]) -> Found:
        """What is found once it has started; if it does not start, it is ended, and its log is shown."""
        try:
            return wait_for(what, _START_SECONDS, find)
        except BaseException as error:
            self.__exit__(None, None, None)
            if isinstance(error, NotAsExpected):
                raise NotAsExpected(f"{error}; the end of its log:\n{self.end_of_log()}") from error
            raise


class JobDouble(Process):
    """aws-double: what no local AWS has, CodePipeline's jobs."""

    def __init__(self, binary: Path, folder: Path) -> None:
        # It makes the certificate of the local AWS, too: ministack itself would need `openssl`.
        self.certificates = folder / "certificates"
        command = [str(binary), "--certificate", str(self.certificates)]
        super().__init__("aws-double", command, {"PATH": os.environ["PATH"]}, folder)
        self.endpoint = self.started("the endpoint of aws-double", self._endpoint)

    def _endpoint(self) -> str | None:
        found = re.search(r"aws-double listening on (http://127\.0\.0\.1:\d+)", self.output())
        if found is None:
            self.check_alive()
        return found and found[1]

    def control(self, path: str, body: object = None) -> Any:
        """A call of the control API."""
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_double/{path}", data, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.URLError as error:
            raise NotAsExpected(f"aws-double did not answer /_double/{path}: {error}") from error


class LocalAws(Process):
    """ministack with IAM enforced, over TLS. Functions inherit its endpoint variables.

    TLS, because the report bucket's policy refuses everything else.
    """

    def __init__(self, double: JobDouble, folder: Path) -> None:
        port = _free_port()
        self.endpoint = f"https://127.0.0.1:{port}"
        self.certificate = double.certificates / "authority.crt"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(double.certificates / "server.crt"),
            "MINISTACK_SSL_KEY": str(double.certificates / "server.key"),
            "AWS_CA_BUNDLE": str(self.certificate),
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_CODEPIPELINE": double.endpoint,
        }
        super().__init__("ministack", [sys.executable, str(_HERE / "local_aws.py")], environment, folder)
        self.started("the health of ministack", self._healthy)

    def _healthy(self) -> bool | None:
        self.check_alive()
        try:
            trust = ssl.create_default_context(cafile=str(self.certificate))
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2, context=trust):
                return True
        except OSError:
            return None


class EdgePort:
    """The local AWS's CloudFront over plain HTTP, as ORIGIN_GUARD_EDGE_ENDPOINT takes it: bytes are passed on to its TLS port."""

    def __init__(self, local: LocalAws) -> None:
        host, port = local.endpoint.removeprefix("https://").split(":")
        self._behind = (host, int(port))
        self._trust = ssl.create_default_context(cafile=str(local.certificate))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        # It ends with the listener.
        with suppress(OSError):
            while True:
                viewer, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(viewer,), daemon=True).start()

    def _pass_on(self, viewer: socket.socket) -> None:
        with viewer, suppress(OSError):
            plain = socket.create_connection(self._behind, timeout=10)
            with self._trust.wrap_socket(plain, server_hostname=self._behind[0]) as edge:
                # One small request on each connection, without a body.
                edge.sendall(viewer.recv(65_536))
                while data := edge.recv(65_536):
                    viewer.sendall(data)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
