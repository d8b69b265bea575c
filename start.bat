@echo off
rem Double-click: sets up Radiomics Explorer when needed and opens it in the browser.
cd /d "%~dp0"
set FOUND=
for %%V in (3.11 3.12 3.13) do if not defined FOUND py -%%V -c "" >nul 2>&1 && set FOUND=py -%%V
if not defined FOUND set FOUND=python
%FOUND% start.py %*
if errorlevel 1 (
  if "%FOUND%"=="python" echo If Python is missing: install Python 3.11 from https://www.python.org/downloads/ and run this again.
  pause
)
