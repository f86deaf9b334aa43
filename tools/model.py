#!/usr/bin/env python3
"""Extracts what CloudFront's official models say of distributions, origin access controls, VPC
origins and distribution tenants: the API's model, which botocore carries, and the schemas of
CloudFormation's registry, which cfn-lint carries.

    tools/model.py write SITE_PACKAGES FOLDER     write api.rs and cloudformation.rs
    tools/model.py news SITE_PACKAGES WHEEL…      list what newer wheels have that these packages lack
"""

import gzip
import json
import pathlib
import re
import sys
import zipfile

API_ROOTS = (
    "DistributionConfig",
    "OriginAccessControlConfig",
    "VpcOriginEndpointConfig",
    "CreateDistributionTenantRequest",
)
CFN_ROOTS = (
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::VpcOrigin",
    "AWS::CloudFront::DistributionTenant",
)
# Structures and members that CloudFormation names otherwise than the API.
API_STRUCTURE = {
    "Cookies": "CookiePreference",
    "LegacyCustomOrigin": "CustomOriginConfig",
    "LegacyS3Origin": "S3OriginConfig",
    "Logging": "LoggingConfig",
}
API_MEMBER = {"OriginSSLProtocols": "OriginSslProtocols", "SslSupportMethod": "SSLSupportMethod"}


class Package:
    """The data of one of the two packages: installed in a folder, or a wheel."""

    def __init__(self, path, name):
        self.path = pathlib.Path(path)
        self.wheel = zipfile.ZipFile(self.path) if self.path.is_file() else None
        if self.wheel:
            names = self.wheel.namelist()
        else:
            names = [str(it.relative_to(self.path)) for it in self.path.glob(f"{name}-*.dist-info/METADATA")]
        pattern = re.compile(rf"{name}-(.*)\.dist-info/METADATA")
        self.version = next(found[1] for found in map(pattern.fullmatch, names) if found)

    def read(self, name):
        return self.wheel.read(name) if self.wheel else (self.path / name).read_bytes()

    def names(self, folder):
        if self.wheel:
            return sorted(name for name in self.wheel.namelist() if name.startswith(folder))
        return sorted(str(it.relative_to(self.path)) for it in (self.path / folder).rglob("*") if it.is_file())


# A model is {structure: {member: (is required, kind)}}, a kind one of ("flag",), ("integer",),
# ("number",), ("text", least, most), ("choice", values), ("object", structure), ("list", least, most, kind).


def bounds(shape, least, most):
    return shape.get(least, 0), shape.get(most)


def api_model(botocore):
    folder = "botocore/data/cloudfront/"
    newest = max(name for name in botocore.names(folder) if name.endswith("/service-2.json.gz"))
    shapes = json.loads(gzip.decompress(botocore.read(newest)))["shapes"]
    model = {}

    def kind(name):
        shape = shapes[name]
        match shape["type"]:
            case "boolean":
                return ("flag",)
            case "integer" | "long":
                return ("integer",)
            case "string" if "enum" in shape:
                return ("choice", tuple(shape["enum"]))
            case "string":
                return ("text", *bounds(shape, "min", "max"))
            case "list":
                return ("list", *bounds(shape, "min", "max"), kind(shape["member"]["shape"]))
            case "structure":
                structure(name)
                return ("object", name)
        raise ValueError(f"{name} is of a type that is not known: {shape['type']}")

    def structure(name):
        if name in model:
            return
        model[name] = {}
        required = shapes[name].get("required", ())
        for member, reference in shapes[name]["members"].items():
            model[name][member] = (member in required, kind(reference["shape"]))

    for root in API_ROOTS:
        structure(root)
    return model


def cloudformation_model(cfn_lint, api):
    providers = json.loads(cfn_lint.read("cfnlint/data/schemas/providers/us-east-1.json"))
    model = {}
    for root in CFN_ROOTS:
        schema = json.loads(cfn_lint.read(f"cfnlint/data/schemas/resources/{providers[root]}.json"))
        resource = root.rsplit("::", 1)[1]
        written = {name.rsplit("/", 1)[1] for name in schema.get("readOnlyProperties", ())}
        top = {name: it for name, it in schema["properties"].items() if name not in written}
        Resource(schema, model, api).structure(resource, top, schema.get("required", ()))
    return model


class Resource:
    """A resource type of CloudFormation's registry."""

    def __init__(self, schema, model, api):
        self.definitions = schema.get("definitions", {})
        self.model = model
        self.api = api

    def structure(self, name, properties, required):
        members = {}
        for member, schema in properties.items():
            members[member] = (member in required, self.kind(name, member, schema))
        if self.model.setdefault(name, members) != members:
            raise ValueError(f"two resource types have a {name} each that differ")
        return name

    def kind(self, owner, member, schema):
        name = member
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self.definitions[name]
        match schema["type"]:
            case "object":
                return ("object", self.structure(name, schema["properties"], schema.get("required", ())))
            case "array":
                least, most = bounds(schema, "minItems", "maxItems")
                items = schema["items"]
                if "enum" in items and member == "Locations":
                    items = {"type": "string"}  # 249 countries, out of scope
                return ("list", least, most, self.kind(owner, member, items))
            case "boolean":
                return ("flag",)
            case "string" | "integer" if "enum" in schema:
                return ("choice", tuple(str(value) for value in schema["enum"]))
            case "integer":
                return ("integer",)
            case "number":
                return ("number",)
        alternatives = re.fullmatch(r"\^\(([a-z0-9|-]+)\)\$", schema.get("pattern", ""))
        values = tuple(alternatives[1].split("|")) if alternatives else self.values_of_api(owner, member)
        return ("choice", values) if values else ("text", *bounds(schema, "minLength", "maxLength"))

    def values_of_api(self, owner, member):
        """The registry leaves most enums to CloudFront itself, to which CloudFormation sends the value."""
        members = self.api.get(API_STRUCTURE.get(owner, owner), {})
        _, kind = members.get(API_MEMBER.get(member, member), (False, ("text", 0, None)))
        if member == "CachedMethods":
            _, kind = self.api["CachedMethods"]["Items"]
        if kind[0] == "object":
            _, kind = self.api[kind[1]].get("Items", (False, ("text", 0, None)))
        if kind[0] == "list":
            kind = kind[3]
        return kind[1] if kind[0] == "choice" else None


def constant(name):
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words).upper()


def rust(kind):
    match kind:
        case ("flag",):
            return "Flag"
        case ("integer",):
            return "Integer"
        case ("number",):
            return "Number"
        case ("text", least, most):
            return f"Text({least}, {'ANY' if most is None else most})"
        case ("choice", values):
            return f"Choice(&[{', '.join(json.dumps(value) for value in values)}])"
        case ("object", name):
            return f"Object(&{constant(name)})"
        case ("list", least, most, items):
            return f"List({least}, {'ANY' if most is None else most}, &{rust(items)})"
    raise ValueError(kind)


def rendered(model, source, doc):
    kinds = {kind[0].capitalize() for members in model.values() for _, kind in members.values()}
    lines = [
        f"//! {doc}",
        f"//! Written by tools/model.py (`make model`) from {source}.",
        "",
        f"use super::Kind::{{{', '.join(sorted(kinds))}}};",
        "use super::{ANY, Shape, optional, required};",
        "",
        "/// Where this is from.",
        f'pub const SOURCE: &str = "{source}";',
    ]
    for name, members in model.items():
        lines += ["", f"/// `{name}`", f'pub static {constant(name)}: Shape = Shape {{ name: "{name}", members: &[']
        for member, (is_required, kind) in members.items():
            lines.append(f'    {"required" if is_required else "optional"}("{member}", {rust(kind)}),')
        lines.append("] };")
    return "\n".join(lines) + "\n"


def write(packages, folder):
    botocore, cfn_lint = Package(packages, "botocore"), Package(packages, "cfn_lint")
    api = api_model(botocore)
    date = json.loads(cfn_lint.read("cfnlint/data/schemas/version.json"))["schema_date"][:10]
    folder = pathlib.Path(folder)
    (folder / "api.rs").write_text(
        rendered(api, f"botocore {botocore.version}", "What CloudFront's API takes.")
    )
    (folder / "cloudformation.rs").write_text(
        rendered(
            cloudformation_model(cfn_lint, api),
            f"cfn-lint {cfn_lint.version}, schemas of {date}",
            "What CloudFormation's resource types take.",
        )
    )


def said(model):
    """Each thing that a model says, as a line."""
    for structure, members in model.items():
        for member, (is_required, kind) in members.items():
            name = f"{structure}.{member}"
            yield f"{name}: {'required' if is_required else 'optional'}"
            yield f"{name}: {kind[0]}"
            if kind[0] == "list":
                kind = kind[3]
            if kind[0] == "choice":
                yield from (f"{name}: value {value}" for value in kind[1])
            else:
                yield f"{name}: {' '.join(str(it) for it in kind)}"


def news(packages, wheels):
    api = api_model(Package(packages, "botocore"))
    pinned = {"botocore": api, "cfn_lint": cloudformation_model(Package(packages, "cfn_lint"), api)}
    newest = {"botocore": api}
    for wheel in sorted(wheels):
        name = pathlib.Path(wheel).name.split("-")[0]
        package, old = Package(wheel, name), Package(packages, name)
        print(f"{name}: pinned {old.version}, newest {package.version}")
        newest[name] = api_model(package) if name == "botocore" else cloudformation_model(package, newest["botocore"])
        before, after = set(said(pinned[name])), set(said(newest[name]))
        for sign, lines in (("+", after - before), ("-", before - after)):
            for line in sorted(lines):
                print(f"  {sign} {line}")
        if before == after:
            print("  nothing new")


def main():
    match sys.argv[1:]:
        case ["write", packages, folder]:
            write(packages, folder)
        case ["news", packages, *wheels] if wheels:
            news(packages, wheels)
        case _:
            sys.exit(__doc__)


main()
