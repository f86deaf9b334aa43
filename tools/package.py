"""packaged.yaml and the files that it deploys, from template.yaml and the function's binaries.

packaged.yaml is template.yaml with its code in S3: `aws cloudformation deploy` alone deploys it,
without Rust, SAM or Zig. It is made from the text, so that its comments stay beside what they explain.
"""

import argparse
import hashlib
import sys
import tomllib
import zipfile
from pathlib import Path

_ROOT = Path(__file__).parents[1]

# What template.yaml has for `sam build`, and packaged.yaml has in its place.
_BUILT = """\
      # `sam build` calls `make build-OriginGuardFunction`. samconfig.toml has it build in place:
      # otherwise it would copy the whole of target/ first.
      BuildMethod: makefile
"""
_FOLDER = "      CodeUri: .\n"
_OBJECT = """\
      CodeUri:
        Bucket: !Ref CodeBucket
        Key: !Sub ${{CodePrefix}}{version}/bootstrap-${{Architecture}}.zip
"""
_GROUPS = "    ParameterGroups:\n"
_GROUP = """\
      - Label: {default: Code}
        Parameters: [CodeBucket, CodePrefix]
"""
_PARAMETERS = "\nParameters:\n"
_CODE = """\
  CodeBucket:
    Type: String
    AllowedPattern: ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
    ConstraintDescription: The name of a bucket in the region of this stack.
    Description: Bucket, in the region of this stack, that holds the function's code.
  CodePrefix:
    Type: String
    Default: origin-guard/
    AllowedPattern: ^$|^.+/$
    ConstraintDescription: A prefix that ends with a slash, or empty.
    Description: Prefix of the code in CodeBucket, before the version.

"""
# A ZIP knows no time before this, and an archive of the same binary is the same on every day.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packaged(template: str, version: str) -> str:
    """The template with its code as objects in S3.

    Raises ValueError where template.yaml no longer has what is replaced.
    """
    for old, new in (
        (_BUILT, ""),
        (_FOLDER, _OBJECT.format(version=version)),
        (_GROUPS, _GROUPS + _GROUP),
        (_PARAMETERS, _PARAMETERS + _CODE),
    ):
        if template.count(old) != 1:
            raise ValueError(f"template.yaml has {template.count(old)} times, and not once:\n{old}")
        template = template.replace(old, new)
    return template


def version() -> str:
    """The version of the package, which packaged.yaml has in the key of its code."""
    return tomllib.loads((_ROOT / "Cargo.toml").read_text())["package"]["version"]


def archive(bootstrap: Path, target: Path, level: int = 9) -> None:
    """The binary as Lambda takes it: executable, at the root of a ZIP."""
    entry = zipfile.ZipInfo("bootstrap", _EPOCH)
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", compresslevel=level) as file:
        file.writestr(entry, bootstrap.read_bytes())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--arm64", type=Path, help="the function's binary for arm64")
    parser.add_argument("--x86_64", type=Path, help="the function's binary for x86_64")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    folder = arguments.out / version()
    folder.mkdir(parents=True, exist_ok=True)
    (arguments.out / "packaged.yaml").write_text(packaged((_ROOT / "template.yaml").read_text(), version()))
    for architecture in ("arm64", "x86_64"):
        if bootstrap := getattr(arguments, architecture):
            archive(bootstrap, folder / f"bootstrap-{architecture}.zip")
    files = sorted(file for file in arguments.out.rglob("*") if file.is_file() and file.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(arguments.out)}\n" for file in files]
    (arguments.out / "SHA256SUMS").write_text("".join(sums))
    return 0


if __name__ == "__main__":
    sys.exit(main())
