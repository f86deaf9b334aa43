"""A CycloneDX SBOM of the function, for each processor, from what cargo has resolved and locked.

    tools/sbom.py FOLDER     writes VERSION/bootstrap-ARCHITECTURE.cdx.json below it
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

_ROOT = Path(__file__).parents[1]
_TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}


def bill(target: str) -> Bom:
    """The crates that are linked into the function (no tools of the build or of tests), and who uses which."""
    resolved = _metadata(target)
    packages = {package["id"]: package for package in resolved["packages"]}
    nodes = {node["id"]: node for node in resolved["resolve"]["nodes"]}
    root = resolved["resolve"]["root"]
    used = {root: _component(packages[root], ComponentType.APPLICATION)}
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{packages[root]['name']}@{packages[root]['version']}#{target}"))
    bom.metadata.component = used[root]
    waiting = [root]
    while waiting:
        name = waiting.pop()
        needs = sorted(_linked(nodes[name]))
        for needed in needs:
            if needed not in used:
                used[needed] = _component(packages[needed], ComponentType.LIBRARY)
                bom.components.add(used[needed])
                waiting.append(needed)
        bom.register_dependency(used[name], [used[needed] for needed in needs])
    return bom


def written(bom: Bom) -> str:
    """The SBOM as JSON, which its schema accepts."""
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"the SBOM does not fit its schema: {error}")
    return text


def _metadata(target: str) -> dict[str, Any]:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-default-features", "--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=_ROOT, check=True, capture_output=True).stdout)


def _linked(node: dict[str, Any]) -> list[str]:
    return [need["pkg"] for need in node["deps"] if any(kind["kind"] is None for kind in need["dep_kinds"])]


def _component(package: dict[str, Any], kind: ComponentType) -> Component:
    name, version = package["name"], package["version"]
    expression = package["license"]
    return Component(
        type=kind,
        name=name,
        version=version,
        # Only what comes from the registry has an address there; ours and what `vendor` holds have none.
        purl=PackageURL("cargo", name=name, version=version) if package["source"] else None,
        # Some crates still separate alternatives as Cargo once did.
        licenses=[LicenseExpression(expression.replace("/", " OR "))] if expression else [],
        bom_ref=f"{name}@{version}",
    )


def main() -> int:
    for architecture, target in _TARGETS.items():
        bom = bill(target)
        version = bom.metadata.component.version if bom.metadata.component else ""
        folder = Path(sys.argv[1]) / str(version)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"bootstrap-{architecture}.cdx.json").write_text(written(bom))
    return 0


if __name__ == "__main__":
    sys.exit(main())
