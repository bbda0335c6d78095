'use strict';

const assert = require('node:assert');
const test = require('node:test');

const config = require('../src/config');

test('the api address has a default', () => {
  assert.match(config.apiUrl, /^http/);
});
