"""The SBOM lists what is linked into the function, and nothing else."""

import json
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tools"))
import sbom  # noqa: E402


class Sbom(unittest.TestCase):
    def test_it_has_the_functions_crates_with_versions_and_licenses(self) -> None:
        document = json.loads(sbom.written(sbom.bill("aarch64-unknown-linux-gnu")))
        components = {component["name"]: component for component in document["components"]}
        for name in ("aws-sdk-cloudfront", "lambda_runtime", "origin-guard-core", "ring", "rustls"):
            self.assertIn(name, components)
        for name, component in components.items():
            self.assertTrue(component["version"] and component["licenses"], name)
        # Of the command line, of tests and of a build.
        for name in ("clap", "criterion", "proptest", "aws-double", "cc"):
            self.assertNotIn(name, components)
        references = {dependency["ref"] for dependency in document["dependencies"]}
        self.assertLessEqual({component["bom-ref"] for component in document["components"]}, references)


if __name__ == "__main__":
    unittest.main()
