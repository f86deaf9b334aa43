import { spawnSync } from 'node:child_process';
import { type Report, reportsOf } from './report';

/** How the command line is called. */
export interface Call {
  readonly command: string;
  readonly options: readonly string[];
  readonly timeoutSeconds: number;
}

/** The largest report that is read, in bytes. */
const MAX_REPORT = 64 * 1024 * 1024;
/** How much of what the command line says is repeated, in characters. */
const MAX_MESSAGE = 4_000;
/** What the command line says of templates without a distribution, which a CDK app may well have. */
const NO_DISTRIBUTION = 'has no distribution that would be there after it is deployed';

/**
 * Judges templates with `origin-guard check`; without a report where none of them has a distribution.
 *
 * A plugin has to answer at once (its `validate` is synchronous), so this waits.
 *
 * @throws where there is no verdict: no such command, input that it does not read, no answer in time.
 * The CDK reports that as a failure of the plugin, and synthesis fails.
 */
export function check(templates: readonly string[], call: Call): Report[] {
  const { command, options, timeoutSeconds } = call;
  const args = ['check', '--output-format', 'json', '--quiet', '--color', 'never', ...options, '--', ...templates.map(pattern)];
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutSeconds * 1_000,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_REPORT,
    windowsHide: true,
  });
  if (done.error) {
    throw new Error(explained(done.error, call));
  }
  switch (done.status) {
    case 0: // pass
    case 1: // findings block
    case 3: // inconclusive
      return reportsOf(done.stdout);
    case 2: {
      // What is wrong with one template does not hide that another has no distribution.
      const problems = done.stderr.split(/^(?=error: )/m).filter((problem) => !problem.includes(NO_DISTRIBUTION));
      if (problems.join('').trim() === '') {
        return done.stdout.trim() === '' ? [] : reportsOf(done.stdout);
      }
      throw new Error(`${command} check could not judge what was synthesized: ${shortened(problems.join(''))}`);
    }
    default:
      throw new Error(
        `${command} check ended with ${done.signal ?? `exit code ${done.status}`} and without a verdict: ${shortened(done.stderr)}`,
      );
  }
}

/**
 * A template as a pattern that only it fits: what a pattern finds and is no template with CloudFront
 * in it is skipped, and a file that is named has to be one (docs/command-line.md).
 */
function pattern(template: string): string {
  return template.replace(/[*?[\]]/g, '[$&]').replace(/[^\]]$/, '[$&]');
}

function explained(error: NodeJS.ErrnoException, { command, timeoutSeconds }: Call): string {
  switch (error.code) {
    case 'ENOENT':
      return `there is no command \`${command}\`; install Origin Guard's command line (in its repository: `
        + '`make wheel && pip install target/wheels/*.whl`, or `cargo install --path . --locked`), '
        + 'or name the program in `command`';
    case 'EACCES':
      return `\`${command}\` is not a program that may be run; name Origin Guard's command line in \`command\``;
    case 'ETIMEDOUT':
      return `${command} check gave no verdict in ${timeoutSeconds} s; raise \`timeoutSeconds\``;
    case 'ENOBUFS':
      return `${command} check printed more than ${MAX_REPORT} bytes; check cdk.out with the command line instead`;
    default:
      return `${command} check could not be run: ${error.message}`;
  }
}

function shortened(text: string): string {
  const whole = text.trim();
  return whole.length <= MAX_MESSAGE ? whole : `${whole.slice(0, MAX_MESSAGE)} … (${whole.length - MAX_MESSAGE} characters more)`;
}
