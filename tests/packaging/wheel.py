"""The wheel, installed as a user installs it; and action.yml, whose steps run here as on a runner.

    tests/packaging/wheel.py FOLDER     the folder that holds the one wheel
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import venv
import zipfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
import package  # noqa: E402

WHEEL: Path
BROKEN = {
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "site",
                "DomainName": "example-site.s3.eu-west-1.amazonaws.com",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    },
    "DefaultCacheBehavior": {
        "TargetOriginId": "side",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
    "CallerReference": "site",
    "Comment": "",
    "Enabled": True,
}
SOUND = json.loads(json.dumps(BROKEN).replace('"side"', '"site"'))


class Wheel(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_it_installs_the_command_line_alone(self) -> None:
        with zipfile.ZipFile(WHEEL) as wheel:
            scripts = [name for name in wheel.namelist() if "/scripts/" in name]
        self.assertEqual([name.rsplit("/", 1)[1] for name in scripts], ["origin-guard"])
        venv.create(self.folder / "venv", with_pip=True)
        binaries = self.folder / "venv" / "bin"
        install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(WHEEL)]
        subprocess.run(install, check=True)
        guard = str(binaries / "origin-guard")
        version = subprocess.run([guard, "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(version.stdout.split(), ["origin-guard", package.version()])
        demo = subprocess.run([guard, "demo"], capture_output=True, text=True, check=False)
        self.assertEqual(demo.returncode, 1, demo.stderr)
        self.assertIn("error[missing-bucket]", demo.stdout)


class Action(unittest.TestCase):
    """The `run` steps of action.yml with bash, as a runner gives them inputs, outputs and files."""

    runner: Path

    @classmethod
    def setUpClass(cls) -> None:
        # One for all: what the first step installs is the same each time, and takes seconds.
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.runner = Path(folder.name)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.steps: dict[str, dict[str, str]] = {}
        self.printed = ""

    def run_action(self, files: dict[str, Any], **inputs: str) -> int:
        """Runs every step in a folder of these files; the exit code is that of the first that fails."""
        for name, content in files.items():
            (self.folder / name).write_text(json.dumps(content, indent=2))
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        given = {name: value.get("default", "") for name, value in action["inputs"].items()}
        given |= {"wheel": str(WHEEL), "offline": "true"} | {name.replace("_", "-"): value for name, value in inputs.items()}
        for step in action["runs"]["steps"]:
            installed = (self.runner / "origin-guard" / "bin" / "origin-guard").exists()
            if "run" not in step or (step["name"] == "Install Origin Guard" and installed):
                continue
            code = self._step(step, given)
            if code:
                return code
        return 0

    def _step(self, step: dict[str, Any], inputs: dict[str, str]) -> int:
        output, summary = self.folder / "output", self.folder / "summary.md"
        output.write_text("")
        summary.touch()
        environment = {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(self.runner),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            **{name: self._value(expression, inputs) for name, expression in step.get("env", {}).items()},
        }
        # As GitHub runs `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        self.printed += done.stdout + done.stderr
        if "id" in step:
            self.steps[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode

    def _value(self, expression: str, inputs: dict[str, str]) -> str:
        """`${{ inputs.name }}` and `${{ steps.id.outputs.name }}`, the only ones in action.yml's env."""
        path = expression.removeprefix("${{ ").removesuffix(" }}").split(".")
        if path[0] == "inputs":
            return inputs[path[1]]
        return self.steps[path[1]].get(path[3], "")

    def test_a_broken_config_fails_annotated_with_summary_and_sarif(self) -> None:
        code = self.run_action({"distribution one.json": BROKEN}, paths="distribution one.json\n")
        self.assertEqual(code, 1, self.printed)
        outputs = self.steps["check"]
        self.assertEqual(outputs["verdict"], "block")
        annotations = [line for line in self.printed.splitlines() if line.startswith("::error ")]
        self.assertTrue(
            any("file=distribution one.json,line=" in line and "title=unknown-target-origin::" in line for line in annotations),
            self.printed,
        )
        self.assertIn("unknown-target-origin", (self.folder / "summary.md").read_text())
        self.assertEqual(outputs["complete"], "true")
        sarif = json.loads(Path(outputs["sarif"]).read_text())
        self.assertIn("unknown-target-origin", [result["ruleId"] for result in sarif["runs"][0]["results"]])

    def test_a_sound_config_passes_without_an_annotation(self) -> None:
        code = self.run_action({"a.json": SOUND, "b.json": SOUND}, paths="a.json\nb.json")
        self.assertEqual(code, 0, self.printed)
        self.assertNotIn("::error ", self.printed)

    def test_a_file_that_is_not_there_fails_with_its_cause(self) -> None:
        code = self.run_action({}, paths="missing.json")
        self.assertEqual(code, 2, self.printed)
        self.assertIn("missing.json", self.printed)

    def test_a_path_is_never_an_option_or_a_command(self) -> None:
        code = self.run_action({}, paths="--help\n$(touch owned)\n`touch owned`")
        self.assertEqual(code, 2, self.printed)
        self.assertFalse((self.folder / "owned").exists())

    def test_without_summary_and_annotations_neither_is_written(self) -> None:
        self.run_action({"a.json": BROKEN}, paths="a.json", summary="false", annotations="false")
        self.assertEqual((self.folder / "summary.md").read_text(), "")
        self.assertNotIn("::error ", self.printed)


if __name__ == "__main__":
    WHEEL = next(Path(sys.argv.pop(1)).resolve().glob("*.whl"))
    unittest.main()
