"""The command line, as run at a terminal with the account's credentials."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from expectations import expect
from processes import ACCOUNT, REGION, LocalAws


def plan(binary: Path, local: LocalAws, distribution: str, candidate: dict[str, Any], folder: Path) -> list[Path]:
    """The steps that `origin-guard plan` writes, in order."""
    path = folder / "candidate.json"
    path.write_text(json.dumps({"DistributionConfig": candidate["DistributionConfig"]}))
    steps = folder / "steps"
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": local.endpoint,
        "AWS_CA_BUNDLE": str(local.certificate),
        "ORIGIN_GUARD_NETWORK": "off",
    }
    command = [str(binary), "plan", str(path), "--baseline", distribution, "--out", str(steps)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    expect(done.returncode == 0, "`origin-guard plan` to pass every step", done.stderr)
    return sorted(steps.iterdir())
