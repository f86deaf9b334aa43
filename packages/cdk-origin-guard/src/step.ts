import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { LambdaInvokeAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type CodePipelineActionFactoryResult, type FileSet, type ICodePipelineActionFactory, type IFileSetProducer,
  type ProduceActionOptions, Step,
} from 'aws-cdk-lib/pipelines';

/** What Origin Guard's function judges. */
export interface OriginGuardStepProps {
  /** Origin Guard's function. */
  readonly function: IFunction;

  /** As in docs/pipelines.md; `{ stack, changeSet: 'PipelineChange' }` for a stack that CDK Pipelines deploys. */
  readonly userParameters: { readonly [key: string]: string | string[] };

  /**
   * The source, step or output with the files that `candidate`, `contract` and `baseline` name.
   *
   * @default - none: the change set is the candidate
   */
  readonly input?: IFileSetProducer;
}

/** A step of CDK Pipelines in which Origin Guard's function judges what the next one deploys. */
export class OriginGuardStep extends Step implements ICodePipelineActionFactory {
  private readonly input: FileSet | undefined;

  public constructor(id: string, private readonly props: OriginGuardStepProps) {
    super(id);
    this.input = props.input?.primaryOutput;
    if (props.input && !this.input) {
      throw new Error(`the input of the step \`${id}\` has no primary output; give one of its outputs`);
    }
    if (this.input) {
      this.addDependencyFileSet(this.input);
    }
  }

  public produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    const { actionName, runOrder, variablesNamespace, artifacts } = options;
    stage.addAction(new LambdaInvokeAction({
      actionName,
      runOrder,
      variablesNamespace,
      inputs: this.input && [artifacts.toCodePipeline(this.input)],
      lambda: this.props.function,
      userParameters: { ...this.props.userParameters },
    }));
    return { runOrdersConsumed: 1 };
  }
}
