'use strict';

const { execFile, exec } = require('node:child_process');
const express = require('express');
const fs = require('node:fs');
const _ = require('lodash');
const path = require('node:path');

const router = express.Router();
const PLANS = path.join(__dirname, '..', '..', 'plans');

router.get('/plan', (req, res) => {
  // Flaw: the file name comes from the query.
  fs.readFile(path.join(PLANS, req.query.file), (error, data) => {
    if (error) return res.sendStatus(404);
    res.type('svg').send(data);
  });
});

router.get('/plan/:number', (req, res) => {
  const number = Number.parseInt(req.params.number, 10);
  // Not a flaw: a whole number cannot leave the directory.
  res.sendFile(path.join(PLANS, `${number}.svg`));
});

router.post('/thumbnail', (req, res) => {
  // Flaw: the size reaches a shell.
  exec(`convert ${PLANS}/1.svg -resize ${req.body.size} /tmp/thumb.png`, (error) => res.sendStatus(error ? 500 : 204));
});

router.post('/rotate', (req, res) => {
  // Not a flaw: arguments, no shell, and a number.
  execFile('convert', [`${PLANS}/1.svg`, '-rotate', String(Number(req.body.degrees)), '/tmp/rotated.png'], (error) => res.sendStatus(error ? 500 : 204));
});

router.post('/preferences', (req, res) => {
  // Flaw: `__proto__` in the body changes every object of the process.
  res.json(_.merge({}, { units: 'metric' }, req.body));
});

router.post('/price', (req, res) => {
  // Flaw: the formula is run as code.
  res.json({ price: eval(req.body.formula) });
});

module.exports = router;
