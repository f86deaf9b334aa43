"""What must be the same in several files: the two templates, versions, settings, Terraform's variables."""

import json
import re
import sys
import tomllib
import unittest
from pathlib import Path
from typing import Any

import hcl2
import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
import package  # noqa: E402
import terraform_variables  # noqa: E402


class Loader(yaml.SafeLoader):
    """Keeps CloudFormation's short forms as a pair of tag and value."""


def tagged(loader: Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return (suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return (suffix, loader.construct_sequence(node, deep=True))
    return (suffix, loader.construct_mapping(node, deep=True))


Loader.add_multi_constructor("!", tagged)
TEMPLATE = (ROOT / "template.yaml").read_text()


def template() -> dict[str, Any]:
    return yaml.load(TEMPLATE, Loader)


def packaged() -> dict[str, Any]:
    return yaml.load(package.packaged(TEMPLATE, "1.2.3"), Loader)


class Packaged(unittest.TestCase):
    def test_it_is_the_template_but_for_where_its_code_is(self) -> None:
        expected, actual = template(), packaged()
        function = actual["Resources"]["OriginGuardFunction"]
        self.assertEqual(
            function["Properties"].pop("CodeUri"),
            {"Bucket": ("Ref", "CodeBucket"), "Key": ("Sub", "${CodePrefix}1.2.3/bootstrap-${Architecture}.zip")},
        )
        self.assertEqual(expected["Resources"]["OriginGuardFunction"]["Properties"].pop("CodeUri"), ".")
        self.assertEqual(expected["Resources"]["OriginGuardFunction"]["Metadata"].pop("BuildMethod"), "makefile")
        self.assertEqual(set(actual["Parameters"]) - set(expected["Parameters"]), {"CodeBucket", "CodePrefix"})
        for name in ("CodeBucket", "CodePrefix"):
            del actual["Parameters"][name]
        groups = actual["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        self.assertEqual(groups.pop(0)["Parameters"], ["CodeBucket", "CodePrefix"])
        self.assertEqual(actual, expected)

    def test_its_comments_stay(self) -> None:
        self.assertIn("# HeadBucket needs this permission.", package.packaged(TEMPLATE, "1.2.3"))

    def test_a_template_without_what_is_replaced_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "CodeUri"):
            package.packaged(TEMPLATE.replace("CodeUri: .\n", "CodeUri: code/\n"), "1.2.3")


class Parameters(unittest.TestCase):
    def test_each_is_in_one_group(self) -> None:
        groups = packaged()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [name for group in groups for name in group["Parameters"]]
        self.assertEqual(sorted(grouped), sorted(packaged()["Parameters"]))

    def test_each_but_the_code_bucket_has_a_default_that_it_accepts(self) -> None:
        for name, parameter in packaged()["Parameters"].items():
            if name == "CodeBucket":
                continue
            with self.subTest(name):
                default = str(parameter["Default"])
                if pattern := parameter.get("AllowedPattern"):
                    self.assertRegex(default, f"^(?:{pattern})$")
                if values := parameter.get("AllowedValues"):
                    self.assertIn(default, map(str, values))

    def test_patterns_take_what_they_are_for_and_nothing_near_it(self) -> None:
        account, key = "111122223333", "11111111-2222-3333-4444-555555555555"
        cases = {
            "OriginBuckets": (["arn:aws:s3:::example-*", "arn:aws:s3:::a-b,arn:aws:s3:::c"], ["example", "arn:aws:s3:::a/*"]),
            "Stacks": ([f"arn:aws:cloudformation:*:{account}:stack/site-*/*"], ["site", "arn:aws:cloudformation:*:*:stack/*"]),
            "PermissionsBoundary": ([f"arn:aws:iam::{account}:policy/team/Boundary"], ["Boundary", f"arn:aws:iam::{account}:role/x"]),
            "RolePath": (["/", "/platform/", "/a/b/"], ["", "platform", "/platform"]),
            "SubnetIds": (["subnet-0a1b2c3d,subnet-0123456789abcdef0"], ["subnet-0a1b2c3d, subnet-1", "vpc-1"]),
            "SecurityGroupIds": (["sg-0a1b2c3d"], ["default", "sg-0a1b2c3d,"]),
            "ReportKeyArn": ([f"arn:aws:kms:us-east-1:{account}:key/{key}"], [key, f"arn:aws:kms:us-east-1:{account}:alias/x"]),
            "AccessLogBucket": (["example-logs"], ["s3://example-logs", "Example"]),
            "ReservedConcurrency": (["", "5", "100"], ["0", "-1", "five"]),
        }
        parameters = template()["Parameters"]
        for name, (good, bad) in cases.items():
            pattern = re.compile(parameters[name]["AllowedPattern"])
            for value in good:
                self.assertTrue(pattern.fullmatch(value), f"{name}={value}")
            for value in bad:
                self.assertFalse(pattern.fullmatch(value), f"{name}={value}")


class Versions(unittest.TestCase):
    def test_they_are_one(self) -> None:
        version = package.version()
        metadata = template()["Metadata"]["AWS::ServerlessRepo::Application"]
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        core = tomllib.loads((ROOT / "core" / "Cargo.toml").read_text())
        self.assertEqual(metadata["SemanticVersion"], version)
        self.assertEqual(action["inputs"]["version"]["default"], version)
        self.assertEqual(core["package"]["version"], version)
        plugin = ROOT / "packages" / "cdk-origin-guard"
        self.assertEqual(json.loads((plugin / "package.json").read_text())["version"], version)
        self.assertEqual(json.loads((plugin / "package-lock.json").read_text())["version"], version)
        self.assertIn(f"public readonly version = '{version}';", (plugin / "src" / "plugin.ts").read_text())


class Settings(unittest.TestCase):
    def test_the_template_sets_each_that_the_function_reads(self) -> None:
        source = (ROOT / "src" / "settings.rs").read_text()
        source = source.partition("#[cfg(test)]")[0]
        read = set(re.findall(r'(?:variable|environment)\(\s*"(ORIGIN_GUARD_[A-Z_]+)"', source))
        function = template()["Resources"]["OriginGuardFunction"]["Properties"]
        self.assertGreater(len(read), 12)
        # Only tests put something in the place of CloudFront's edge.
        read.remove("ORIGIN_GUARD_EDGE_ENDPOINT")
        self.assertEqual(read, set(function["Environment"]["Variables"]))


class Terraform(unittest.TestCase):
    def test_it_is_hcl(self) -> None:
        blocks: set[str] = set()
        for path in sorted((ROOT / "deploy" / "terraform").glob("*.tf")):
            with path.open() as file:
                blocks.update(hcl2.load(file))
        self.assertLessEqual({"terraform", "variable", "locals", "data", "resource", "output"}, blocks)

    def test_its_variables_are_the_parameters(self) -> None:
        written = (ROOT / "deploy" / "terraform" / "variables.tf").read_text()
        self.assertEqual(written, terraform_variables.written(), "run: make docs")

    def test_it_uses_only_what_it_declares(self) -> None:
        text = "".join(path.read_text() for path in (ROOT / "deploy" / "terraform").glob("*.tf"))
        declared = set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE))
        used = set(re.findall(r"\bvar\.(\w+)", text))
        self.assertEqual(used, declared)

    def test_it_reads_the_outputs_that_the_stack_has(self) -> None:
        text = (ROOT / "deploy" / "terraform" / "outputs.tf").read_text()
        for name in re.findall(r'outputs\["(\w+)"\]', text):
            self.assertIn(name, template()["Outputs"])


if __name__ == "__main__":
    unittest.main()
