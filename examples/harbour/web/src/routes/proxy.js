'use strict';

const axios = require('axios');
const express = require('express');

const router = express.Router();

router.get('/', async (req, res) => {
  // Flaw: fetches whatever address it is given, inside the cluster too.
  const answer = await axios.get(req.query.url);
  res.send(answer.data);
});

module.exports = router;
