"""Times whole processes that read a template of 1 MB and a plan of 10 MB: rows for docs/performance.md."""

import subprocess
import sys
import time
from pathlib import Path

RUNS = 3
# The slowest of them takes minutes on a slow machine.
LIMIT = 900


def run(command: list[str]) -> float:
    """Seconds of one run. What the program finds, and so its exit code, is not what is measured."""
    begin = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LIMIT, check=False)
    return time.monotonic() - begin


def median(command: list[str], runs: int) -> float:
    return sorted(run(command) for _ in range(runs))[runs // 2]


def main() -> None:
    guard, cfn_lint, checkov, folder = sys.argv[1:]
    template, plan = (str(Path(folder) / name) for name in ("template.yaml", "plan.json"))
    own = [guard, "check", "--offline", "--output", "json"]
    checks = [checkov, "--compact", "--quiet", "--framework"]
    print("| whole process | time | the guard |\n|---|---|---|")
    for what, path, peers in [
        ("a template of 1 MB in YAML", template, {"cfn-lint": [cfn_lint], "checkov": [*checks, "cloudformation", "-f"]}),
        ("a plan of 10 MB", plan, {"checkov": [*checks, "terraform_plan", "-f"]}),
    ]:
        ours = median([*own, path], RUNS)
        for name, command in peers.items():
            theirs = median([*command, path], 1)
            print(f"| {what}, {name} | {theirs:.1f} s | {ours * 1000:.0f} ms: 1/{theirs / ours:.0f} |", flush=True)


if __name__ == "__main__":
    main()
