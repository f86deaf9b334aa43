// The CDK's snippets of README and docs, each compiled and synthesized as it is printed there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { OriginGuardPlugin, OriginGuardStep } from '../src';

const packageRoot = join(__dirname, '../..');
const repository = join(packageRoot, '../..');
const pages = [join(packageRoot, 'README.md'), ...['.', 'docs'].flatMap((folder) =>
  readdirSync(join(repository, folder)).filter((name) => name.endsWith('.md')).map((name) => join(repository, folder, name)))];

mkdirSync(join(packageRoot, 'build'), { recursive: true });
// In the package: what a snippet imports is found in its node_modules.
const folder = mkdtempSync(join(packageRoot, 'build/snippets-'));
after(() => rmSync(folder, { recursive: true }));

function blocks(language: string): string[] {
  const text = pages.map((page) => readFileSync(page, 'utf8')).join('\n');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '');
}

const IMPORTS = `
import { App, Stack, Stage, Validations, pipelines } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as codepipeline_actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { OriginGuardStep } from 'cdk-origin-guard';
`;

const IN_A_STAGE = `${IMPORTS}
  export class Example extends Stack {
    constructor(scope: App, id: string) {
      super(scope, id);
      const sourceOutput = new codepipeline.Artifact('SourceOutput');
      const pipeline = new codepipeline.Pipeline(this, 'Pipeline');
      const connectionArn = 'arn:aws:codeconnections:us-east-1:111122223333:connection/example';
      pipeline.addStage({ stageName: 'Source', actions: [new codepipeline_actions.CodeStarConnectionsSourceAction({
        actionName: 'Source', owner: 'example', repo: 'site', connectionArn, output: sourceOutput })] });
      const stage = pipeline.addStage({ stageName: 'Deploy' });`;

/** What a page leaves out before and behind each snippet, by the snippet's first line. */
const AROUND: Record<string, { name: string; before: string; behind: string }> = {
  'import { App, Validations } from "aws-cdk-lib";': { name: 'plugin', before: '', behind: 'export { app };' },
  'Validations.of(site).acknowledge({': {
    name: 'acknowledgement',
    before: `${IMPORTS} const app = new App(); const site = new Stack(app, 'Site');`,
    behind: 'export { app, site };',
  },
  '// CDK, in a pipeline of aws-codepipeline': { name: 'action', before: IN_A_STAGE, behind: '}}' },
  '// CDK, in a stage of aws-codepipeline: gate, deploy, verify': { name: 'safe', before: IN_A_STAGE, behind: '}}' },
  '// CDK Pipelines, with packages/cdk-origin-guard: the change set of a stack, before it is executed': {
    name: 'step',
    before: `${IMPORTS}
      class Prod extends Stage {
        readonly site = new Stack(this, 'Site');
        readonly bucket = new Bucket(this.site, 'Assets');
      }
      export class Example extends Stack {
        constructor(scope: App, id: string) {
          super(scope, id);
          const connectionArn = 'arn:aws:codeconnections:us-east-1:111122223333:connection/example';
          const input = pipelines.CodePipelineSource.connection('example/site', 'main', { connectionArn });
          const synth = new pipelines.ShellStep('Synth', { input, commands: ['npx cdk synth'] });
          const pipeline = new pipelines.CodePipeline(this, 'Pipeline', { synth });
          const prod = new Prod(this, 'Prod');`,
    behind: '}}',
  },
};

before(() => {
  const found = blocks('ts');
  assert.deepEqual(found.map(firstLine).toSorted(), Object.keys(AROUND).toSorted(), 'each snippet has what is around it');
  for (const text of found) {
    const { name, before, behind } = AROUND[firstLine(text)] ?? assert.fail();
    writeFileSync(join(folder, `${name}.ts`), `${before}\n${text}\n${behind}\n`);
  }
  const config = JSON.parse(readFileSync(join(packageRoot, 'tsconfig.json'), 'utf8'));
  const compilerOptions = { ...config.compilerOptions, rootDir: folder, outDir: folder, declaration: false, noUnusedLocals: false };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: [`${folder}/*.ts`], exclude: [] }));
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const done = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  // Found on the PATH, as the page says; and the CDK's own validation takes seconds.
  process.env['PATH'] = `${dirname(resolve(process.env['ORIGIN_GUARD'] ?? assert.fail('set ORIGIN_GUARD')))}:${process.env['PATH']}`;
  Object.assign(process.env, { NODE_ENV: 'test', CDK_VALIDATION: 'false' });
});

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n'));
}

function exported(name: string): Record<string, any> {
  return require(join(folder, name));
}

function addBroken(scope: Stack): void {
  new Distribution(scope, 'Cdn', { defaultBehavior: { origin: new HttpOrigin('https://api.example.com') } });
}

/** The actions of the one pipeline that a snippet makes, stage by stage. */
function actions(name: string): { stage: string; actions: Record<string, any>[] }[] {
  const { Example } = exported(name);
  const pipelines = Object.values(Template.fromStack(new Example(new App(), 'Example')).findResources('AWS::CodePipeline::Pipeline'));
  assert.equal(pipelines.length, 1);
  return pipelines[0]?.['Properties'].Stages.map((it: Record<string, any>) => ({ stage: it['Name'], actions: it['Actions'] }));
}

/** The keys that docs/pipelines.md documents. */
function documentedKeys(): string[] {
  const page = readFileSync(join(repository, 'docs/pipelines.md'), 'utf8').split('## UserParameters')[1] ?? '';
  return [...(page.split('\n## ')[0] ?? '').matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, keys]) => keys?.match(/\w+/g) ?? []);
}

test('the plugin, found on the PATH, stops what is broken', () => {
  const { app } = exported('plugin');
  addBroken(new Stack(app, 'Site'));
  assert.throws(() => app.synth(), /not a valid host name: it has a scheme \(origin-guard\)/);
});

test('the acknowledgement lets it pass', () => {
  const { app, site } = exported('acknowledgement');
  addBroken(site);
  Validations.of(app).addPlugins(new OriginGuardPlugin());
  app.synth();
});

test('the action is the one that is documented for CloudFormation', () => {
  const deploy = actions('action').find(({ stage }) => stage === 'Deploy');
  const { ActionTypeId, Configuration, InputArtifacts, Namespace } = deploy?.actions[0] ?? assert.fail();
  assert.deepEqual(ActionTypeId, { Category: 'Invoke', Owner: 'AWS', Provider: 'Lambda', Version: '1' });
  assert.deepEqual(InputArtifacts, [{ Name: 'SourceOutput' }]);
  assert.equal(Namespace, 'OriginGuard');
  // The last part of an ARN that CloudFormation puts together.
  assert.match(JSON.stringify(Configuration.FunctionName), /Fn::Select":\[6,.*:function:ORIGIN-GUARD-FUNCTION"/);
  const documented = blocks('yaml').filter((text) => text.startsWith('# CloudFormation, in Actions'));
  assert.ok(documented.length > 0);
  for (const text of documented) {
    const [, userParameters] = text.match(/UserParameters: '(.*)'/) ?? assert.fail(text);
    assert.deepEqual(JSON.parse(Configuration.UserParameters), JSON.parse(userParameters ?? ''));
  }
});

test('a safe pipeline gates, deploys and verifies one candidate', () => {
  const deploy = actions('safe').find(({ stage }) => stage === 'Deploy')?.actions ?? assert.fail();
  const [gate, update, verify, ...others] = deploy.toSorted((one, other) => one['RunOrder'] - other['RunOrder']);
  assert.deepEqual(others, []);
  assert.equal(update?.['ActionTypeId'].Provider, 'CloudFormation');
  const [before, after] = [gate, verify].map((action) => JSON.parse(action?.['Configuration'].UserParameters));
  assert.deepEqual([before.mode, after.mode], ['gate', 'verify']);
  assert.deepEqual({ ...before, mode: undefined }, { ...after, mode: undefined });
  assert.equal(before.stack, update?.['Configuration'].StackName);
  assert.ok(Object.keys(before).every((key) => documentedKeys().includes(key)));
});

test('the step judges the change set that CDK Pipelines has made, before it is executed', () => {
  const prod = actions('step').find(({ stage }) => stage === 'Prod')?.actions ?? assert.fail();
  const [prepare, guard, execute, ...others] = prod.toSorted((one, other) => one['RunOrder'] - other['RunOrder']);
  assert.deepEqual(others, []);
  assert.equal(prepare?.['Configuration'].ActionMode, 'CHANGE_SET_REPLACE');
  assert.equal(execute?.['Configuration'].ActionMode, 'CHANGE_SET_EXECUTE');
  assert.ok(prepare?.['RunOrder'] < guard?.['RunOrder'] && guard?.['RunOrder'] < execute?.['RunOrder']);
  assert.equal(guard?.['ActionTypeId'].Provider, 'Lambda');
  const userParameters = JSON.parse(guard?.['Configuration'].UserParameters);
  const { StackName: stack, ChangeSetName: changeSet } = prepare?.['Configuration'];
  assert.deepEqual(userParameters, { stack, changeSet });
  assert.ok(Object.keys(userParameters).every((key) => documentedKeys().includes(key)));
});

test('a step with an input has its artifact', () => {
  const stack = new Stack(new App(), 'Example');
  const input = CodePipelineSource.connection('example/site', 'main', { connectionArn: 'arn:aws:codeconnections:::connection/example' });
  const pipeline = new CodePipeline(stack, 'Pipeline', { synth: new ShellStep('Synth', { input, commands: ['npx cdk synth'] }) });
  const guard = Function.fromFunctionName(stack, 'OriginGuard', 'guard');
  const userParameters = { candidate: 'cdn/distribution.json', distribution: 'E2EXAMPLE1GUARD' };
  pipeline.addWave('Check', { post: [new OriginGuardStep('OriginGuard', { function: guard, userParameters, input })] });
  Template.fromStack(stack).hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Stages: Match.arrayWith([Match.objectLike({
      Name: 'Check',
      Actions: [Match.objectLike({ Name: 'OriginGuard', InputArtifacts: [{ Name: Match.stringLikeRegexp('example_site') }] })],
    })]),
  });
});
