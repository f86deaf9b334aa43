use foldhash::HashMap;
use serde_json::Value;

use super::address::Address;

/// A module of the plan's `configuration`, as far as references lead through it
/// (<https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation>).
#[derive(Default)]
pub(super) struct Module {
    resources: HashMap<String, Declared>,
    calls: HashMap<String, Call>,
    outputs: HashMap<String, Value>,
}

/// A resource as its module declares it, for all its instances.
pub(super) struct Declared {
    /// What its attributes are made from.
    pub expressions: Value,
    /// The key of its provider's configuration.
    pub provider: Option<String>,
}

/// How a module calls another one.
pub(super) struct Call {
    /// What it gives as variables.
    pub given: Value,
    /// The other one.
    pub module: Module,
}

impl Module {
    /// Takes a module over; what has another form is left out.
    pub(super) fn of(mut module: Value) -> Self {
        let mut all = Self::default();
        for mut resource in items(take(&mut module, "resources")) {
            if let Value::String(address) = take(&mut resource, "address") {
                let provider = take(&mut resource, "provider_config_key");
                all.resources.entry(address).or_insert(Declared {
                    expressions: take(&mut resource, "expressions"),
                    provider: provider.as_str().map(str::to_owned),
                });
            }
        }
        for (name, mut call) in entries(take(&mut module, "module_calls")) {
            let call = Call {
                given: take(&mut call, "expressions"),
                module: Self::of(take(&mut call, "module")),
            };
            all.calls.insert(name, call);
        }
        for (name, mut output) in entries(take(&mut module, "outputs")) {
            all.outputs.insert(name, take(&mut output, "expression"));
        }
        all
    }

    /// A resource of this module, by its address without index.
    pub(super) fn resource(&self, declared: &str) -> Option<&Declared> {
        self.resources.get(declared)
    }

    /// A module that this one calls.
    pub(super) fn call(&self, name: &str) -> Option<&Call> {
        self.calls.get(name)
    }

    /// What an output is made from.
    pub(super) fn output(&self, name: &str) -> Option<&Value> {
        self.outputs.get(name)
    }

    /// The resource of an address that begins at this module.
    pub(super) fn declared(&self, address: &Address<'_>) -> Option<&Declared> {
        let mut modules = address.modules.iter();
        let module = modules.try_fold(self, |module, step| Some(&module.call(step.name)?.module));
        module?.resource(address.declared)
    }
}

fn take(value: &mut Value, key: &str) -> Value {
    value.get_mut(key).map(Value::take).unwrap_or_default()
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

fn entries(value: Value) -> serde_json::Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => serde_json::Map::new(),
    }
}
