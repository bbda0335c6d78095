"""Answers a berth holder's question with a language model."""

import requests
from flask import Blueprint, jsonify, request

from harbour.auth import signed_in

blueprint = Blueprint("assistant", __name__, url_prefix="/assistant")

# Planted: a language model's key in the source.
MODEL_API_KEY = "__PLANT_ANTHROPIC_KEY__"
MODEL_URL = "https://api.anthropic.com/v1/messages"


@blueprint.post("/ask")
@signed_in
def ask():
    question = request.get_json()["question"][:2000]
    answer = requests.post(
        MODEL_URL,
        headers={"x-api-key": MODEL_API_KEY, "anthropic-version": "2023-06-01"},
        json={"model": "claude-sonnet-4-5", "max_tokens": 400, "messages": [{"role": "user", "content": question}]},
        timeout=30,
    )
    answer.raise_for_status()
    return jsonify(answer=answer.json()["content"][0]["text"])
