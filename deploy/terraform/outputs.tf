output "function_name" {
  description = "The function that the pipeline's action invokes"
  value       = aws_cloudformation_stack.origin_guard.outputs["FunctionName"]
}

output "function_arn" {
  description = "The function that the pipeline's role must be allowed to invoke (lambda:InvokeFunction)"
  value       = aws_cloudformation_stack.origin_guard.outputs["FunctionArn"]
}

output "outputs" {
  description = "All outputs of the stack, by the names that packaged.yaml gives them"
  value       = aws_cloudformation_stack.origin_guard.outputs
}
