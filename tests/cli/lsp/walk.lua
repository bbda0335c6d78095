-- What an editor does with the language server, each step's outcome as one line of JSON on standard output.
--
-- In: environment variables BARTIZAN (the program), FILE (the file to open), STEPS (a chunk of Lua that makes the steps).

local function line(name, value)
  io.stdout:write(vim.json.encode({ step = name, value = value }) .. "\n")
end

local file = vim.env.FILE
vim.cmd("edit " .. vim.fn.fnameescape(file))
local buffer = vim.api.nvim_get_current_buf()
local published = 0
local shown = {}
local published_by_default = vim.lsp.handlers["textDocument/publishDiagnostics"]
local client = vim.lsp.start_client({
  name = "bartizan",
  cmd = { vim.env.BARTIZAN, "lsp" },
  root_dir = vim.fn.getcwd(),
  handlers = {
    ["textDocument/publishDiagnostics"] = function(...)
      published_by_default(...)
      published = published + 1
    end,
    ["window/showMessage"] = function(_, result)
      table.insert(shown, result.message)
    end,
  },
})
vim.lsp.buf_attach_client(buffer, client)

local editor = {}

-- Waits until the server has said something of the document once more.
function editor.judged()
  local before = published
  local came = vim.wait(20000, function()
    return published > before
  end, 10)
  assert(came, "the server said nothing within 20 seconds")
end

function editor.diagnostics(name)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, {
      line = one.lnum,
      from = one.col,
      to = one.end_col,
      severity = one.severity,
      message = one.message,
      code = one.user_data.lsp.code,
    })
  end
  line(name, found)
end

function editor.ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  assert(answers and answers[client], method .. " was not answered")
  assert(not answers[client].error, vim.inspect(answers[client].error))
  return answers[client].result
end

function editor.at(row, column)
  return { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = row, character = column } }
end

function editor.actions(row, column)
  local params = editor.at(row, column)
  params.position, params.range = nil, { start = params.position, ["end"] = params.position }
  params.context = { diagnostics = {} }
  return editor.ask("textDocument/codeAction", params)
end

function editor.apply(action)
  vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(client).offset_encoding)
end

function editor.set(from, to, lines)
  vim.api.nvim_buf_set_lines(buffer, from, to, false, lines)
end

function editor.text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

function editor.write()
  vim.cmd("silent write!")
end

function editor.shown()
  return shown
end

local ok, why = pcall(load(vim.env.STEPS, "steps", "t", setmetatable({ editor = editor, line = line }, { __index = _G })))
if not ok then
  line("failed", tostring(why))
end
vim.lsp.stop_client(client)
vim.wait(5000, function()
  return vim.lsp.get_client_by_id(client) == nil
end, 10)
line("left", vim.lsp.get_client_by_id(client) == nil)
vim.cmd("qall!")
