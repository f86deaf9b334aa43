import { App, CfnResource, NestedStack, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { CfnDistribution, Distribution, OriginProtocolPolicy, ViewerProtocolPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CDK_APP_MODE_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/** The bucket and its distribution, and in a nested stack another one. */
export class Site extends Stack {
  public readonly cdn: Distribution;

  public constructor(scope: Construct, id: string, isBroken: boolean, props?: StackProps) {
    super(scope, id, props);
    const origin = S3BucketOrigin.withOriginAccessControl(new Bucket(this, 'Assets'));
    this.cdn = new Distribution(this, 'Cdn', { defaultBehavior: { origin } }); // line of malformed-origin-domain
    this.cdn.addBehavior('/api/*', new HttpOrigin(isBroken ? 'https://api.example.com' : 'api.example.com'));
    const nested = new NestedStack(this, 'Nested');
    const protocolPolicy = isBroken ? OriginProtocolPolicy.HTTPS_ONLY : OriginProtocolPolicy.HTTP_ONLY;
    const images = new HttpOrigin('example-img.s3-website-eu-west-1.amazonaws.com', { protocolPolicy });
    const additionalBehaviors = { '/img/*': { origin: images } };
    new Distribution(nested, 'Inner', { defaultBehavior: { origin }, additionalBehaviors }); // line of website-endpoint-over-https
  }
}

/** A distribution of the first level, whose target is changed afterwards. */
export class Legacy extends Stack {
  public readonly cdn: CfnDistribution;

  public constructor(scope: Construct, id: string, isBroken: boolean) {
    super(scope, id);
    this.cdn = new CfnDistribution(this, 'Cdn', { // line of unknown-target-origin
      distributionConfig: {
        enabled: true,
        origins: [{ id: 'api', domainName: 'api.example.com', customOriginConfig: { originProtocolPolicy: 'https-only' } }],
        defaultCacheBehavior: {
          targetOriginId: 'api',
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          cachePolicyId: CACHING_OPTIMIZED,
        },
      },
    });
    if (isBroken) {
      this.cdn.addPropertyOverride('DistributionConfig.DefaultCacheBehavior.TargetOriginId', 'apu'); // line of the override
    }
  }
}

/** Two stacks with distributions, one without, a nested stack in one of them, and all of that in a stage too. */
export class Example extends App {
  public readonly site: Site;
  public readonly legacy: Legacy;
  public readonly stage: Stage;

  public constructor(outdir: string, isBroken: boolean) {
    super({
      outdir,
      analyticsReporting: false,
      // The CDK's own validation takes seconds, and is not what is tested.
      builtinCloudFormationValidation: false,
      // As in a unit test: what is thrown has the whole report.
      context: { [CDK_APP_MODE_CONTEXT]: 'inmemory' },
    });
    this.site = new Site(this, 'Site', isBroken);
    this.legacy = new Legacy(this, 'Legacy', isBroken);
    new Bucket(new Stack(this, 'Logs'), 'Logs');
    this.stage = new Stage(this, 'Prod', { env: { account: '111122223333', region: 'eu-west-1' } });
    new Site(this.stage, 'Site', isBroken);
  }
}

/** What no template shows: a module, which may make distributions. */
export function addModule(scope: Construct): void {
  new CfnResource(scope, 'Module', { type: 'Example::Org::Cdn::MODULE' });
}
