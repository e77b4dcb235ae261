@echo off
rem Starts the plugin with the Node.js of this machine. The engine shows what is written to stderr here.
setlocal

rem Options of the user's program, such as --inspect or --require, are not for this process.
set "NODE_OPTIONS="

set "NODE_MAJOR=0"
for /f "tokens=1 delims=v." %%m in ('node --version 2^>nul') do set "NODE_MAJOR=%%m"
if %NODE_MAJOR% LSS 20 (
  echo the Pulumi plugin runbook needs Node.js 20 or newer on PATH ^(https://nodejs.org^) 1>&2
  exit /b 1
)

rem Young objects get little room: most of what a call needs is gone after it.
node --max-semi-space-size=2 "%~dp0main.js" %*
exit /b %ERRORLEVEL%
