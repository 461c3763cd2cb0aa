@echo off
rem The command line of Longhaul. The lone -- keeps Electron from refusing arguments behind an s3:// address.
"%~dp0..\Longhaul.exe" --cli -- %*
exit /b %ERRORLEVEL%
