"""The snippets of README and docs for each platform, held against what a platform's schema or linter takes.

What runs the command line in them is tests/it/documents.rs.
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import hcl2
import yaml
from test_agreement import ROOT, Loader

TOOLS = Path(sys.executable).parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# rules.md has its own test, beside the rules.
GENERATED = {"rules.md", "cloudfront-model.md", "cloudfront-errors.md"}


def snippets(language: str) -> list[str]:
    found = []
    for page in PAGES:
        if page.name not in GENERATED:
            found += re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return found


def of_platform(start: str) -> list[str]:
    """YAML whose first line, a comment, names the platform."""
    return [text for text in snippets("yaml") if text.startswith(f"# {start}")]


def without_elisions(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "…" not in line)


class Snippets(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def lint(self, content: Any, name: str, *command: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        done = subprocess.run(
            [str(TOOLS / command[0]), *command[1:], str(path)], capture_output=True, text=True, check=False, cwd=self.folder
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_github_actions(self) -> None:
        found = of_platform("GitHub Actions")
        self.assertEqual(len(found), 2)
        for text in found:
            part = yaml.safe_load(without_elisions(text))
            # One is a list of steps, the other a job.
            job = {"steps": part} if isinstance(part, list) else part
            checkout = {"uses": "actions/checkout@v5"}
            # A local action is looked up in the folder: here it is this repository's.
            steps = [checkout] + [step for step in job["steps"] if not step.get("uses", "").startswith("./")]
            workflow = {"name": "check", "on": "push", "jobs": {"check": {**job, "runs-on": "ubuntu-latest", "steps": steps}}}
            self.lint(workflow, "workflow.yml", "actionlint")
            action = yaml.safe_load((ROOT / "action.yml").read_text())
            for step in job["steps"]:
                if step.get("uses", "").startswith("./"):
                    self.assertLessEqual(set(step["with"]), set(action["inputs"]))

    def test_gitlab(self) -> None:
        (text,) = of_platform("GitLab")
        self.lint(text, ".gitlab-ci.yml", "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci")

    def test_codebuild(self) -> None:
        """https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, which has no public schema"""
        for platform in ("CodeBuild", "Terraform with a plan"):
            (text,) = of_platform(platform)
            spec = yaml.safe_load(text)
            self.assertEqual(spec["version"], 0.2)
            self.assertLessEqual(set(spec), {"version", "phases", "reports"})
            self.assertLessEqual(set(spec["phases"]), {"install", "pre_build", "build", "post_build"})
            for phase in spec["phases"].values():
                self.assertTrue(all(isinstance(command, str) for command in phase["commands"]))
            for group in spec["reports"].values():
                self.assertEqual(group["file-format"], "JUNITXML")
                self.assertTrue(group["files"])

    def test_pre_commit(self) -> None:
        (text,) = of_platform("pre-commit")
        self.lint(text, ".pre-commit-config.yaml", "pre-commit", "validate-config")

    def test_codepipeline(self) -> None:
        """https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html"""
        found = of_platform("CloudFormation, in Actions")
        self.assertEqual(len(found), 2)
        for text in found:
            (action,) = yaml.load(text, Loader)
            self.assertEqual(
                action["ActionTypeId"], {"Category": "Invoke", "Owner": "AWS", "Provider": "Lambda", "Version": "1"}
            )
            self.assertEqual(set(action["Configuration"]), {"FunctionName", "UserParameters"})
            json.loads(action["Configuration"]["UserParameters"])

    def test_user_parameters(self) -> None:
        found = [text for text in snippets("yaml") if "UserParameters:" in text and "ActionTypeId" not in text]
        self.assertGreater(len(found), 2)
        for text in found:
            parameters = yaml.safe_load(text)["UserParameters"]
            json.loads(parameters)
            self.assertLessEqual(len(parameters), 1000)

    def test_terraform(self) -> None:
        found = snippets("hcl")
        self.assertTrue(found)
        for text in found:
            action = hcl2.loads(text)["action"][0]
            self.assertIn("configuration", action)
