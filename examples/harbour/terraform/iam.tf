resource "aws_iam_role" "api" {
  name = "harbour-api"

  # Flaw: every principal of every account may take this role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
    }]
  })
}

resource "aws_iam_role_policy" "api" {
  name = "harbour-api"
  role = aws_iam_role.api.id

  # Flaw: everything, on everything.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}
