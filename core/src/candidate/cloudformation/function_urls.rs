//! The function URLs that a template makes, and the permissions that it gives for their functions.

use foldhash::{HashMap, HashMapExt};

use super::TemplateError;
use super::evaluate::{Evaluator, spelling};
use super::planned::{handed_on, in_partition};
use super::template::Resource;
use crate::candidate::permissions::{Permission, policy};
use crate::document::{Expression, ExpressionPart, Node, Referent};
use crate::facts::{AuthType, FunctionUrl, Unknown};

const FUNCTIONS: [&str; 2] = ["AWS::Lambda::Function", "AWS::Serverless::Function"];

/// A function URL, and the function that it calls.
struct Url<'t> {
    id: String,
    function: &'t str,
    auth_type: Option<AuthType>,
}

/// The permissions for functions of the template.
#[derive(Default)]
struct Given<'t> {
    /// By the function's logical ID.
    of: HashMap<&'t str, Vec<Permission>>,
    /// A permission of which the template does not tell for which function it is, or what it allows.
    open: Option<&'t str>,
}

/// By the logical ID of each function URL; a URL of an alias, or of a function that is not in the
/// template, is left out.
pub(super) fn of(
    evaluator: &Evaluator<'_>,
    of_all: Option<&str>,
) -> Result<HashMap<String, FunctionUrl>, TemplateError> {
    let mut all = HashMap::new();
    let urls = urls(evaluator)?;
    if urls.is_empty() {
        return Ok(all);
    }
    let given = permissions(evaluator, of_all)?;
    let handed = handed_on(evaluator.template);
    for url in urls {
        let permissions = given.of.get(url.function).map_or(&[][..], Vec::as_slice);
        let Some(policy) = policy(permissions) else {
            continue;
        };
        let is_open = evaluator.template.has_custom_macros() || handed.contains(url.function);
        // What the template hands on may get permissions that the template does not show.
        let others = if is_open {
            Some("a macro, nested stack or custom resource may give more".to_owned())
        } else {
            given
                .open
                .map(|open| format!("`{open}` may be one of them"))
        };
        let what = format!("who may call function `{}`", url.function);
        all.insert(
            url.id,
            FunctionUrl {
                function: url.function.to_owned(),
                auth_type: url.auth_type,
                policy,
                others: others.map(|why| {
                    Unknown::known_later("function permissions", url.function, &what, &why)
                }),
            },
        );
    }
    Ok(all)
}

fn urls<'t>(evaluator: &Evaluator<'t>) -> Result<Vec<Url<'t>>, TemplateError> {
    let mut urls = Vec::new();
    for resource in evaluator.template.resources() {
        let is_url = resource.kind == "AWS::Lambda::Url";
        if !is_url && resource.kind != "AWS::Serverless::Function"
            || evaluator.is_left_out(&resource)?
        {
            continue;
        }
        let url = if is_url {
            own_url(evaluator, &resource)?
        } else {
            url_of_sam(evaluator, &resource)?
        };
        urls.extend(url);
    }
    Ok(urls)
}

fn own_url<'t>(
    evaluator: &Evaluator<'t>,
    resource: &Resource<'t>,
) -> Result<Option<Url<'t>>, TemplateError> {
    let target = evaluator.property(resource, "TargetFunctionArn")?;
    let target = target.as_ref().and_then(spelling);
    let is_qualified = evaluator.property(resource, "Qualifier")?.is_some();
    let Some(Target::Function(function)) = target
        // The URL of an alias or version has permissions of its own, which are not read.
        .filter(|_| !is_qualified)
        .map(|target| Target::of(evaluator, &target))
    else {
        return Ok(None);
    };
    let auth_type = evaluator.property(resource, "AuthType")?;
    Ok(Some(Url {
        id: resource.id.to_owned(),
        function,
        auth_type: auth_type.as_ref().and_then(auth_type_of),
    }))
}

/// SAM makes a URL of this name beside the function; with an alias, of the alias
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html>).
fn url_of_sam<'t>(
    evaluator: &Evaluator<'t>,
    resource: &Resource<'t>,
) -> Result<Option<Url<'t>>, TemplateError> {
    let Some(config) = evaluator.property(resource, "FunctionUrlConfig")? else {
        return Ok(None);
    };
    let auth_type = config.get("AuthType").and_then(auth_type_of);
    // For one without authorization SAM gives the permissions itself.
    let is_read = auth_type == Some(AuthType::Iam)
        && evaluator.property(resource, "AutoPublishAlias")?.is_none();
    Ok(is_read.then(|| Url {
        // SAM names the URL's resource after the function, and templates refer to it so.
        id: format!("{}Url", resource.id),
        function: resource.id,
        auth_type,
    }))
}

fn auth_type_of(node: &Node) -> Option<AuthType> {
    AuthType::parse(node.text()?)
}

fn permissions<'t>(
    evaluator: &Evaluator<'t>,
    of_all: Option<&str>,
) -> Result<Given<'t>, TemplateError> {
    let mut given = Given::default();
    for resource in evaluator.template.resources() {
        if resource.kind != "AWS::Lambda::Permission" || evaluator.is_left_out(&resource)? {
            continue;
        }
        let target = evaluator.property(&resource, "FunctionName")?;
        let target = target.as_ref().and_then(spelling);
        // A name that is not known may be any function's: then no permission is proven missing.
        let target = target.map_or(Target::Open, |target| Target::of(evaluator, &target));
        let permission = permission(evaluator, &resource, of_all)?;
        match (target, permission) {
            (Target::Other, _) => {}
            (Target::Function(function), Some(permission)) => {
                given.of.entry(function).or_default().push(permission);
            }
            (Target::Function(_) | Target::Open, _) => given.open = Some(resource.id),
        }
    }
    Ok(given)
}

/// What a permission allows to whom; `None` where the template leaves that, or the permission itself,
/// open.
fn permission(
    evaluator: &Evaluator<'_>,
    resource: &Resource<'_>,
    of_all: Option<&str>,
) -> Result<Option<Permission>, TemplateError> {
    if let Some(condition) = resource.condition()
        // Under the distributions' own condition it is there whenever one of them is.
        && of_all != Some(condition)
        && evaluator.condition(condition)?.is_none()
    {
        return Ok(None);
    }
    let property = |name: &str| -> Result<Option<Expression>, TemplateError> {
        let node = evaluator.property(resource, name)?;
        // The function, its policy and its caller are in one partition, whichever that is.
        Ok(node
            .map(|node| in_partition(node, "aws"))
            .as_ref()
            .and_then(spelling))
    };
    let text = |name: &str| Ok(property(name)?.map(|it| it.to_string()));
    let known = |name: &str| Ok(property(name)?.and_then(|it| it.into_text().ok()));
    let (Some(action), Some(principal)) = (known("Action")?, known("Principal")?) else {
        return Ok(None);
    };
    Ok(Some(Permission {
        name: resource.id.to_owned(),
        action,
        principal,
        source_arn: text("SourceArn")?,
        source_account: text("SourceAccount")?,
        principal_org_id: text("PrincipalOrgID")?,
        function_url_auth_type: text("FunctionUrlAuthType")?,
        event_source_token: text("EventSourceToken")?,
        invoked_via_function_url: text("InvokedViaFunctionUrl")?.as_deref() == Some("true"),
    }))
}

/// What a name or ARN of a function stands for.
enum Target<'t> {
    /// A function of the template, without a qualifier.
    Function(&'t str),
    /// Another one, or a version or alias.
    Other,
    Open,
}

impl<'t> Target<'t> {
    fn of(evaluator: &Evaluator<'t>, name: &Expression) -> Self {
        if let Some(text) = name.text() {
            return Self::of_text(evaluator, text);
        }
        let parts: Vec<ExpressionPart<'_>> = name.parts().collect();
        let Some(ExpressionPart::Open(last)) = parts.last() else {
            return Self::Open;
        };
        let is_whole = parts.len() == 1;
        let is_arn = matches!(parts.as_slice(), [.., ExpressionPart::Known(before), _]
            if before.ends_with(":function:"));
        let id = match last.symbol.map(|symbol| &symbol.referent) {
            Some(Referent::Reference { of }) if is_whole || is_arn => of,
            Some(Referent::Attribute { of, attribute }) if is_whole && attribute == "Arn" => of,
            _ => return Self::Open,
        };
        match evaluator.template.resource(id) {
            Some(it) if FUNCTIONS.contains(&it.kind) => Self::Function(it.id),
            Some(it) if it.kind.starts_with("AWS::Lambda::") => Self::Other,
            _ => Self::Open,
        }
    }

    /// A name, or an ARN with a name; a qualifier follows it after a colon.
    fn of_text(evaluator: &Evaluator<'t>, text: &str) -> Self {
        let name = text.rsplit_once(":function:").map_or(text, |(_, it)| it);
        let is_named = |resource: &Resource<'t>| {
            let own = resource.property("FunctionName").and_then(Node::text);
            own == Some(name) || evaluator.physical_id(resource.id) == Some(name)
        };
        let mut functions = evaluator.template.resources();
        let own = functions.find(|it| FUNCTIONS.contains(&it.kind) && is_named(it));
        own.map_or(Self::Other, |it| Self::Function(it.id))
    }
}
