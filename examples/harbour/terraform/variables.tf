variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "bastion_ami" {
  type = string
}

variable "db_password" {
  type        = string
  sensitive   = true
  description = "Password of the database's owner"
}

variable "datadog_api_key" {
  type      = string
  sensitive = true
}
