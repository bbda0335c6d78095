terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "current" {}

resource "aws_vpc" "harbour" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true

  tags = { Name = "harbour" }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.harbour.id
  cidr_block = "10.20.1.0/24"

  # Flaw: every instance here gets a public address.
  map_public_ip_on_launch = true
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.harbour.id
  cidr_block        = cidrsubnet(aws_vpc.harbour.cidr_block, 8, 10 + count.index)
  availability_zone = "${var.region}${element(["a", "b"], count.index)}"
}

resource "aws_security_group" "database" {
  name   = "harbour-database"
  vpc_id = aws_vpc.harbour.id

  # Flaw: PostgreSQL for the whole internet.
  ingress {
    description = "PostgreSQL"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_subnet_group" "harbour" {
  name       = "harbour"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_instance" "harbour" {
  identifier             = "harbour"
  engine                 = "postgres"
  engine_version         = "13.7"
  instance_class         = "db.t3.medium"
  allocated_storage      = 100
  username               = "harbour"
  password               = var.db_password
  db_subnet_group_name   = aws_db_subnet_group.harbour.name
  vpc_security_group_ids = [aws_security_group.database.id]

  # Flaws: reachable from outside, not encrypted, gone for good when deleted.
  publicly_accessible = true
  storage_encrypted   = false
  skip_final_snapshot = true
}

resource "aws_instance" "bastion" {
  ami           = var.bastion_ami
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.public.id

  # Flaw: version 1 of the metadata service answers any process that can make a request.
  metadata_options {
    http_tokens = "optional"
  }
}
