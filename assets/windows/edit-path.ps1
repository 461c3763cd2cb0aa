# Adds this folder to the user's PATH, or takes it away: edit-path.ps1 add | remove
# Not done in the installer's own language: its strings are too short for some PATHs and would cut them off.
param([Parameter(Mandatory = $true)][ValidateSet('add', 'remove')][string]$Action)
$ErrorActionPreference = 'Stop'
$folder = $PSScriptRoot.TrimEnd('\')
$environment = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('Environment')
# Unexpanded: %USERPROFILE% and its kind stay as they were written.
$path = [string]$environment.GetValue('Path', '', 'DoNotExpandEnvironmentNames')
$others = @($path.Split(';') | Where-Object { $_ -ne '' -and $_.TrimEnd('\') -ne $folder })
if ($Action -eq 'add') { $others += $folder }
$environment.SetValue('Path', ($others -join ';'), 'ExpandString')
$environment.Close()
