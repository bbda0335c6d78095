region          = "eu-central-1"
bastion_ami     = "ami-__PLANT_DECOY_AMI__"
db_password     = "__PLANT_TFVARS_DB_PASSWORD__"
datadog_api_key = "__PLANT_DATADOG_KEY__"
