// Whether the guard's answer and the simulator's agree, and why where they differ.

/** What the simulator says to all requests that a question stands for. */
function summary(simulated) {
  const all = simulated.flat();
  if (all.every((it) => it)) return "allowed";
  return all.some((it) => it) ? "mixed" : "denied";
}

/** Whether each way that the request can be reads some of the objects. */
const readsSome = (simulated) => simulated.every((objects) => objects.some((it) => it));

/** Why the guard leaves it open though the simulator's requests are all answered alike; the element that it
 *  names decides. */
const OPEN = [
  [/ (aws:Referer|aws:UserAgent) /i, "what a header holds is not known"],
  [/ aws:ViaAWSService /i, "whether it is set for CloudFront is not documented"],
  [/ aws:SourceIp /i, "CloudFront's addresses change, and a service's request may come without one"],
  [/ kms:(ViaService|CallerAccount) /i, "what S3 sends to KMS for CloudFront is not documented"],
  [/ aws:Principal(OrgID|IsAWSService) /i, "what an identity's requests have is not documented"],
  [/ s3:TlsVersion /i, "CloudFront's version with S3 is not known"],
];

/** Of two statements one may decide what the other leaves open: to combine them would take a solver, and what is
 *  left open neither passes nor blocks. */
const OPEN_FOR_SOME = [
  [/ (Not)?Resource $/, "resource", "each statement is read by itself, and this one fits some objects only"],
  [/ aws:SourceArn /i, "reader", "each statement is read by itself, and this one fits some IDs of a new distribution only"],
];

export function explain(question, guard, simulated) {
  const simulator = summary(simulated);
  return { simulator, verdict: verdict(question, guard, simulated, simulator) };
}

function verdict(question, guard, simulated, simulator) {
  const { answer } = guard;
  if (answer === "granted" && simulator === "allowed") return "agree";
  if ((answer === "not granted" || answer === "denied") && simulator === "denied") return "agree";
  if (answer === "granted" && simulator === "mixed" && readsSome(simulated)) {
    return "a statement denies some objects, which leaves the others open on purpose";
  }
  if (answer === "undecided" && simulator === "mixed") return "agree: it depends on what is open";
  if (answer === "undecided") {
    const reason = `${guard.reason} `;
    const several = { resource: question.resource.endsWith("*"), reader: question.reader.arns?.length > 1 };
    const open = OPEN.find(([pattern]) => pattern.test(reason));
    const some = OPEN_FOR_SOME.find(([pattern, of]) => pattern.test(reason) && several[of]);
    return open?.[1] ?? some?.[2];
  }
  return undefined;
}

/** Cases of one group differ in nothing that matters. */
export function groupOf(question, guard, simulator) {
  const element = (guard.reason ?? "").replace(/^statement `[^`]*`: /, "").split(" ").slice(0, 2).join(" ");
  const verb = question.action;
  return [guard.answer, simulator, verb, question.reader.name, element.toLowerCase()].join("|");
}
