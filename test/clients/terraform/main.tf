# What people keep under Terraform: keys of all kinds that there are here, aliases, policies, parameters, ciphertexts.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

variable "value" {
  type = string
}

variable "description" {
  type = string
}

# Whether the key is disabled, the alias moved, and the policy another.
variable "changed" {
  type    = bool
  default = false
}

variable "keyed" {
  type    = string
  default = "first"
}

data "aws_caller_identity" "self" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.self.account_id}:root"]
    }
  }
}

data "aws_iam_policy_document" "longer" {
  source_policy_documents = [data.aws_iam_policy_document.key.json]
  statement {
    sid       = "Reader"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.self.account_id}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["test"]
    }
  }
}

resource "aws_kms_key" "app" {
  description             = var.description
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = { team = "red", value = var.value }
}

resource "aws_kms_key" "mac" {
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
  deletion_window_in_days  = 7
}

resource "aws_kms_key" "multi" {
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_external_key" "brought" {
  description             = "brought"
  key_material_base64     = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
  enabled                 = true
  deletion_window_in_days = 7
}

resource "aws_kms_key_policy" "multi" {
  key_id = aws_kms_key.multi.id
  policy = var.changed ? data.aws_iam_policy_document.longer.json : data.aws_iam_policy_document.key.json
}

resource "aws_kms_key" "switched" {
  is_enabled              = !var.changed
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "moving" {
  name          = "alias/moving"
  target_key_id = var.changed ? aws_kms_key.multi.id : aws_kms_key.switched.id
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.app.id
}

resource "aws_kms_ciphertext" "sealed" {
  key_id    = aws_kms_key.app.id
  plaintext = "sealed by terraform"
  context   = { purpose = "test" }
}

data "aws_kms_secrets" "opened" {
  secret {
    name    = "one"
    payload = aws_kms_ciphertext.sealed.ciphertext_blob
    context = { purpose = "test" }
  }
}

data "aws_kms_alias" "ssm" {
  name = "alias/aws/ssm"
}

resource "aws_ssm_parameter" "text" {
  name            = "/app/text"
  type            = "String"
  value           = var.value
  allowed_pattern = "^[a-z0-9]+$"
  description     = "a text"
}

resource "aws_ssm_parameter" "list" {
  name  = "/app/list"
  type  = "StringList"
  value = "a,b,${var.value}"
}

resource "aws_ssm_parameter" "secret" {
  name   = "/app/secret"
  type   = "SecureString"
  # The provider sends the key only if it changed, and a put without a key takes alias/aws/ssm: the value stays.
  value  = "s3cret"
  key_id = aws_kms_alias.app.name
  tags   = { kind = "secret" }
}

resource "aws_ssm_parameter" "keyed" {
  name   = "/app/keyed"
  type   = "SecureString"
  value  = var.keyed
  key_id = aws_kms_alias.app.name
}

resource "aws_ssm_parameter" "standard" {
  name  = "/app/default-key"
  type  = "SecureString"
  value = var.value
}

resource "aws_ssm_parameter" "advanced" {
  name  = "/app/advanced"
  type  = "SecureString"
  tier  = "Advanced"
  value = "${var.value}${join("", [for _ in range(1000) : "xxxxx"])}"
}

resource "aws_ssm_service_setting" "tier" {
  setting_id    = "arn:aws:ssm:us-east-1:${data.aws_caller_identity.self.account_id}:servicesetting/ssm/parameter-store/default-parameter-tier"
  setting_value = "Intelligent-Tiering"
}

data "aws_ssm_parameters_by_path" "app" {
  path       = "/app"
  depends_on = [aws_ssm_parameter.text, aws_ssm_parameter.list, aws_ssm_parameter.secret]
}

output "app_key" {
  value = aws_kms_key.app.arn
}

output "multi_key" {
  value = aws_kms_key.multi.id
}

output "switched_key" {
  value = aws_kms_key.switched.id
}

output "brought_key" {
  value = aws_kms_external_key.brought.id
}

output "opened" {
  value     = data.aws_kms_secrets.opened.plaintext["one"]
  sensitive = true
}

output "account" {
  value = data.aws_caller_identity.self.account_id
}

output "sealed" {
  value = aws_kms_ciphertext.sealed.ciphertext_blob
}

resource "aws_kms_grant" "reader" {
  name              = "reader"
  key_id            = aws_kms_key.app.key_id
  grantee_principal = "arn:aws:iam::111122223333:role/reader"
  operations        = ["Decrypt", "DescribeKey"]

  constraints {
    encryption_context_subset = {
      Department = "it"
    }
  }
}
