// Holds what the guard reads in policies against an independent simulator.
// usage: node compare.mjs POLICIES [--count N] [--write TABLE]
//   POLICIES  the built example `policies` of the core
//   --write   also writes the table of the core's test: the cases that differ most from each other
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { ACCOUNT, BUCKET, KEY, cases } from "./cases.mjs";
import { explain, groupOf } from "./explain.mjs";
import { simulate } from "./simulate.mjs";

const SEED = 20261128;
const ROWS = 200;
const [policies, ...options] = process.argv.slice(2);
const option = (name) => options[options.indexOf(name) + 1];
const count = options.includes("--count") ? Number(option("--count")) : 10_000;
if (policies === undefined || !Number.isInteger(count)) {
  console.error("usage: node compare.mjs POLICIES [--count N] [--write TABLE]");
  process.exit(2);
}

const questions = [...cases(count, SEED)].flatMap(({ at, reader, folder, bucketPolicy, keyPolicy }) => {
  const bucket = { at, reader, policy: bucketPolicy, action: "s3:GetObject", resource: `${BUCKET}/${folder}*` };
  const key = { at, reader, policy: keyPolicy, action: "kms:Decrypt", resource: KEY };
  // Only a distribution decrypts: the guard asks no key about the others.
  return reader.arns ? [bucket, key] : [bucket];
});
const line = ({ policy, reader, action, resource }) =>
  JSON.stringify({ policy, reader: reader.guard, action, resource, account: ACCOUNT });
const answers = execFileSync(policies, { input: `${questions.map(line).join("\n")}\n`, maxBuffer: 2 ** 30 })
  .toString()
  .trimEnd()
  .split("\n")
  .map((text) => JSON.parse(text));

/** In turn one of each pair of answers, then of the next group that has the pair. */
function mostDifferent(sorted) {
  const ofPair = new Map();
  for (const [group, [first]] of sorted) {
    const pair = group.split("|", 2).join("|");
    ofPair.set(pair, [...(ofPair.get(pair) ?? []), first]);
  }
  const rows = [];
  for (let round = 0; rows.length < ROWS && round < groups.size; round += 1) {
    for (const firsts of ofPair.values()) {
      if (firsts[round] !== undefined && rows.length < ROWS) rows.push(firsts[round]);
    }
  }
  return rows;
}

const tally = new Map();
const groups = new Map();
let unexplained = 0;
for (const [at, question] of questions.entries()) {
  const guard = answers[at];
  const simulated = await simulate(question);
  const { simulator, verdict } = explain(question, guard, simulated);
  const group = groupOf(question, guard, simulator);
  const cell = `${guard.answer} / ${simulator}: ${verdict ?? `UNEXPLAINED ${group}`}`;
  tally.set(cell, (tally.get(cell) ?? 0) + 1);
  if (verdict === undefined) {
    unexplained += 1;
    if (unexplained <= 20) console.error(JSON.stringify({ ...question, guard, simulated }));
  }
  groups.set(group, [...(groups.get(group) ?? []), { question, guard, simulator }]);
  if (at % 1000 === 999) console.error(`${at + 1} of ${questions.length}`);
}
console.log(`${count} cases, ${questions.length} questions: the guard / the simulator: why that is right`);
for (const [cell, number] of [...tally].sort()) console.log(`${String(number).padStart(7)}  ${cell}`);

if (options.includes("--write")) {
  const rows = mostDifferent([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
  const row = ({ question, guard, simulator }) =>
    JSON.stringify({
      reader: question.reader.guard,
      action: question.action,
      resource: question.resource,
      policy: question.policy,
      simulator,
      answer: guard.answer,
    });
  writeFileSync(option("--write"), `[\n${rows.map(row).join(",\n")}\n]\n`);
}
process.exit(unexplained === 0 ? 0 : 1);
