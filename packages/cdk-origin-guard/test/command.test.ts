// What the plugin makes of a command line that is missing, fails, hangs, or judges by an account:
// with programs in its place that behave so.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { App, CfnResource, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CDK_APP_MODE_CONTEXT } from 'aws-cdk-lib/cx-api';
import { OriginGuardPlugin, type OriginGuardPluginProps } from '../src';
import { type Report, reportsOf } from '../src/report';
import { summaryOf } from '../src/summary';
import { violationsOf } from '../src/violations';

const root = mkdtempSync(join(tmpdir(), 'cdk-origin-guard-'));
after(() => rmSync(root, { recursive: true }));

/** A program in the place of the command line. */
function program(script: string): string {
  const path = join(mkdtempSync(join(root, 'bin-')), 'origin-guard');
  writeFileSync(path, `#!${process.execPath}\n${script}`, { mode: 0o755 });
  return path;
}

/** What the CDK throws for an app of one stack, or of those that are added. */
function failure(props: OriginGuardPluginProps, add: (app: App) => void = (app) => distribution(new Stack(app, 'Site'))): string {
  const context = { [CDK_APP_MODE_CONTEXT]: 'inmemory' };
  const app = new App({ outdir: mkdtempSync(join(root, 'out-')), builtinCloudFormationValidation: false, context });
  add(app);
  Validations.of(app).addPlugins(new OriginGuardPlugin(props));
  try {
    app.synth();
  } catch (error) {
    return String(error);
  }
  return '';
}

function distribution(stack: Stack): void {
  new CfnResource(stack, 'Cdn', { type: 'AWS::CloudFront::Distribution' });
}

const REPORT: Report = {
  verdict: 'pass',
  summary: 'it passes',
  nextStep: 'Deploy it',
  candidate: { document: 'Site.template.json', resource: 'Cdn' },
  findings: [],
  unknowns: [],
};

test('a command that is not there fails, and says how to install it', () => {
  const done = failure({ command: join(root, 'nothing') });
  assert.match(done, /Validation plugin 'origin-guard' failed: there is no command `.*nothing`; install .*cargo install.*`command`/);
});

test('a file that is no program fails, and names the option', () => {
  const path = join(root, 'text');
  writeFileSync(path, '');
  assert.match(failure({ command: path }), /may be run; name Origin Guard's command line in `command`/);
});

test('input that the command line does not read fails with its words, cut to a bound', () => {
  const command = program('console.error("error: `x` cannot be read" + "!".repeat(9e3)); process.exitCode = 2');
  assert.match(failure({ command }), /could not judge what was synthesized: error: `x` cannot be read!{3975} … \(5025 characters more\)/);
});

test('a problem beside a template without a distribution fails, whatever was judged', () => {
  const command = program(`
    console.log(${JSON.stringify(JSON.stringify({ schemaVersion: '1', ...REPORT }))});
    console.error("error: \`a\` has no distribution that would be there after it is deployed\\nhelp: give one");
    console.error("error: \`b\` cannot be resolved\\nhelp: correct it");
    process.exitCode = 2`);
  assert.match(failure({ command }), /synthesized: error: `b` cannot be resolved\s+help: correct it/);
});

test('no verdict in time, a crash, and another version of the report fail', () => {
  assert.match(failure({ command: program('setInterval(() => {}, 1e3)'), timeoutSeconds: 1 }), /no verdict in 1 s; raise `timeoutSeconds`/);
  assert.match(failure({ command: program('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1e3)') }), /ended with SIGTERM/);
  assert.match(failure({ command: program('process.exitCode = 101') }), /ended with exit code 101 and without a verdict/);
  assert.match(failure({ command: program('console.log(JSON.stringify({ schemaVersion: "2" }))') }), /report of version "2"/);
  assert.match(failure({ command: program('console.log("all is well")') }), /is not valid JSON/);
});

test('a verdict that is no pass fails even where the report says no reason that is known here', () => {
  const [violation, ...others] = violationsOf({ ...REPORT, verdict: 'postponed', summary: 'it is postponed' });
  assert.deepEqual(others, []);
  assert.equal(violation?.severity, 'error');
  assert.equal(violation?.description, 'it is postponed');
  assert.deepEqual(violation?.violatingResources, [
    { templatePath: 'Site.template.json', resourceLogicalId: 'Cdn', locations: [] },
  ]);
});

test('a summary counts what passes, and each kind of open fact', () => {
  const unknown = (kind: string) => ({ kind, fact: 'bucket', subject: 'b', cause: 'it is', needs: '', blocks: false, pointers: [] });
  const open = { ...REPORT, unknowns: ['not-asked-for', 'not-decided-yet', 'not-asked-for', 'postponed'].map(unknown) };
  const blocked = { ...open, verdict: 'block' };
  assert.equal(summaryOf([blocked]), undefined);
  assert.equal(summaryOf([REPORT]), '1 distribution passes');
  assert.equal(
    summaryOf([open, blocked]),
    '1 of 2 distributions pass; facts that are open: 2 not asked for, 1 known only after the deployment, 1 postponed',
  );
});

test('what is found in the contract is reported at the distribution, with its place', () => {
  const finding = {
    rule: 'undeclared-origin', severity: 'error', message: 'it is not declared', remediation: 'declare it', pathPatterns: ['/a/*'],
    location: { document: 'contract.yaml', pointer: '/origins', line: 2, column: 3 }, waived: null, fingerprint: '0f',
  };
  const [violation] = violationsOf({ ...REPORT, verdict: 'block', findings: [finding] });
  assert.equal(violation?.description, 'it is not declared (contract.yaml:2:3)');
  assert.equal(violation?.violatingResources[0]?.resourceLogicalId, 'Cdn');
});

test('one report and several are read', () => {
  assert.equal(reportsOf(JSON.stringify({ schemaVersion: '1', ...REPORT })).length, 1);
  assert.equal(reportsOf(JSON.stringify({ schemaVersion: '1', verdict: 'pass', reports: [REPORT, REPORT] })).length, 2);
});

test('with askAccount, only the stacks of the account that the CDK is signed in to are asked about', () => {
  const calls = join(root, 'calls');
  const command = program(`
    require('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify(process.argv.slice(2)) + '\\n');
    console.log(${JSON.stringify(JSON.stringify({ schemaVersion: '1', verdict: 'pass', reports: [] }))})`);
  const add = (app: App) => {
    distribution(new Stack(app, 'Anywhere'));
    distribution(new Stack(app, 'Own', { env: { account: '111122223333' } }));
    distribution(new Stack(new Stage(app, 'Prod', { env: { account: '444455556666' } }), 'Other'));
  };
  process.env['CDK_DEFAULT_ACCOUNT'] = '111122223333';
  try {
    assert.equal(failure({ command, askAccount: true, profile: 'dev' }, add), '');
    assert.equal(failure({ command }, add), '');
  } finally {
    delete process.env['CDK_DEFAULT_ACCOUNT'];
  }
  const made = readFileSync(calls, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as string[]);
  const seen = made.map((args) => ({
    access: args.filter((arg) => arg === '--offline' || arg === '--profile'),
    templates: args.slice(args.indexOf('--') + 1).map((path) => path.replace(/.*\/(.*)\.template\.jso\[n\]$/, '$1')),
  }));
  assert.deepEqual(seen, [
    { access: ['--profile'], templates: ['Anywhere', 'Own'] },
    { access: ['--offline'], templates: [seen[1]?.templates[0]] },
    { access: ['--offline'], templates: ['Anywhere', 'Own', seen[1]?.templates[0]] },
  ]);
  assert.match(seen[1]?.templates[0] ?? '', /^ProdOther/);
});
