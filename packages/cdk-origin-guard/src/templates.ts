import { basename, dirname, join } from 'node:path';
import { type IPolicyValidationContext, NestedStack, type Stack } from 'aws-cdk-lib';

/** A template in the cloud assembly, and the account that it goes to where the app says so. */
export interface Template {
  readonly path: string;
  readonly account: string | undefined;
}

/**
 * Each template once. The CDK names those of stacks, also of stacks in stages; those of nested
 * stacks are assets, beside the template of the stack that they are in.
 */
export function templatesOf({ stackTemplates, appConstruct }: IPolicyValidationContext): Template[] {
  const found = new Map(stackTemplates.map(({ templatePath: path, accountId: account }) => [path, { path, account }]));
  const stacks = new Map([...found.values()].map((template) => [basename(template.path), template]));
  for (const nested of appConstruct.node.findAll().filter((construct) => NestedStack.isNestedStack(construct))) {
    // A stack that is missing here is of a stage that this plugin is not registered for.
    const stack = stacks.get(outermost(nested).templateFile);
    if (stack) {
      const path = join(dirname(stack.path), nested.templateFile);
      found.set(path, { path, account: stack.account });
    }
  }
  return [...found.values()];
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}
