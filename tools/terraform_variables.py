"""deploy/terraform/variables.tf, from the parameters of packaged.yaml: one source for both.

    tools/terraform_variables.py            write it
    tools/terraform_variables.py --check    fail where it is not what would be written
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

import package

_ROOT = Path(__file__).parents[1]
_FILE = _ROOT / "deploy" / "terraform" / "variables.tf"
_HEAD = """\
# Written by tools/terraform_variables.py from template.yaml: `make docs`.

variable "package" {
  description = "Folder that `make package` has made, or that holds the files of a release in its layout"
  type        = string
}

variable "stack_name" {
  description = "Name of the CloudFormation stack"
  type        = string
  default     = "origin-guard"
}

variable "tags" {
  description = "Tags of the stack and of each of its resources that takes tags"
  type        = map(string)
  default     = {}
}
"""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values; only parameters are used here."""


def _plain(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def parameters() -> dict[str, dict[str, Any]]:
    """The parameters of packaged.yaml, in its order."""
    template = package.packaged((_ROOT / "template.yaml").read_text(), package.version())
    return yaml.load(template, _Loader)["Parameters"]


def _variable(name: str, parameter: dict[str, Any]) -> str:
    kind = {"String": "string", "Number": "number"}[parameter["Type"]]
    lines = [f"  description = {_quoted(parameter['Description'])}", f"  type        = {kind}"]
    if "Default" in parameter:
        lines.append(f"  default     = {json.dumps(parameter['Default'])}")
    return "\n".join([f'\nvariable "{snake(name)}" {{', *lines, "}\n"])


def _quoted(text: str) -> str:
    """A text of HCL: `${` and `%{` would begin an expression."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def written() -> str:
    every = parameters()
    width = max(map(len, every))
    passed = "".join(f"    {name:<{width}} = var.{snake(name)}\n" for name in every)
    variables = "".join(_variable(name, parameter) for name, parameter in every.items())
    return f"{_HEAD}{variables}\nlocals {{\n  parameters = {{\n{passed}  }}\n}}\n"


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        if _FILE.read_text() != written():
            print(f"error: {_FILE.relative_to(_ROOT)} is not what template.yaml gives; run: make docs", file=sys.stderr)
            return 1
        return 0
    _FILE.write_text(written())
    return 0


if __name__ == "__main__":
    sys.exit(main())
