export { OriginGuardPlugin, type OriginGuardPluginProps } from './plugin';
export { OriginGuardStep, type OriginGuardStepProps } from './step';
