import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { check } from './command';
import type { Report } from './report';
import { summaryOf } from './summary';
import { type Template, templatesOf } from './templates';
import { fails, violationsOf } from './violations';

/** Where the command line is, and how it judges. */
export interface OriginGuardPluginProps {
  /**
   * Origin Guard's command line: a name on the PATH, or a path.
   *
   * @default 'origin-guard'
   */
  readonly command?: string;

  /**
   * The contract file: what must be true of the origins beyond what CloudFront demands, and waivers.
   *
   * @default - that of the configuration file `origin-guard.toml`, if there is one
   */
  readonly contract?: string;

  /**
   * Also ask AWS whether buckets, access controls and hosts are there: for the stacks of the account
   * that the CDK is signed in to (`CDK_DEFAULT_ACCOUNT`), and those without an account. Stacks of
   * other accounts are judged by their templates alone.
   *
   * @default false - make no call, not even DNS
   */
  readonly askAccount?: boolean;

  /**
   * With `askAccount`, the profile of the AWS configuration to sign in with; the same as the CDK's.
   *
   * @default - as the AWS CLI finds credentials
   */
  readonly profile?: string;

  /**
   * What a fact that could not be checked does: it fails the synthesis, or is only counted.
   *
   * @default - that of `ORIGIN_GUARD_UNKNOWN`, or 'block'
   */
  readonly unknown?: 'block' | 'warn';

  /**
   * How long the command line may take, in seconds; without a verdict in that time synthesis fails.
   *
   * @default 300
   */
  readonly timeoutSeconds?: number;
}

/**
 * Checks the origins of CloudFront distributions while the app is synthesized:
 * `Validations.of(app).addPlugins(new OriginGuardPlugin())`.
 */
export class OriginGuardPlugin implements IPolicyValidationPlugin {
  /** Also the namespace of acknowledgements: `origin-guard::unknown-target-origin`. */
  public readonly name = 'origin-guard';
  public readonly version = '0.1.0';

  public constructor(private readonly props: OriginGuardPluginProps = {}) {}

  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = templatesOf(context);
    const asked = templates.filter((template) => this.isAsked(template));
    const offline = templates.filter((template) => !this.isAsked(template));
    const reports = [
      ...this.check(asked, option('--profile', this.props.profile)),
      ...this.check(offline, ['--offline']),
    ];
    const summary = summaryOf(reports);
    if (summary !== undefined) {
      process.stderr.write(`origin-guard: ${summary}\n`);
    }
    const violations = reports.flatMap(violationsOf);
    return { success: !violations.some(fails), violations };
  }

  private check(templates: readonly Template[], access: readonly string[]): Report[] {
    if (templates.length === 0) {
      return [];
    }
    const { command = 'origin-guard', contract, unknown, timeoutSeconds = 300 } = this.props;
    const options = [...access, ...option('--unknown', unknown), ...option('--contract', contract)];
    return check(templates.map(({ path }) => path), { command, options, timeoutSeconds });
  }

  /** Another account would be asked about what it does not have, and its answers would be wrong. */
  private isAsked({ account }: Template): boolean {
    return this.props.askAccount === true && (account === undefined || account === process.env['CDK_DEFAULT_ACCOUNT']);
  }
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}
