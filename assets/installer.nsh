# What this installer does beyond electron-builder's own: it is per user, and offers `longhaul` for terminals.

!macro customInstallMode
  # Nothing here needs an administrator.
  StrCpy $isForceCurrentInstall "1"
!macroend

!macro editPath ACTION
  nsExec::ExecToLog '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$INSTDIR\bin\edit-path.ps1" ${ACTION}'
  Pop $0
  # Terminals opened from now on know.
  SendMessage ${HWND_BROADCAST} ${WM_WININICHANGE} 0 "STR:Environment" /TIMEOUT=5000
!macroend

!macro customInstall
  ${ifNot} ${isUpdated}
    StrCpy $1 "Make the command $\"longhaul$\" available in terminals?$\r$\n$\r$\nThis adds Longhaul to your PATH. Uninstalling takes it away again."
    ${if} $LANGUAGE == 2052
      StrCpy $1 "是否在终端中启用 longhaul 命令？$\r$\n$\r$\n这会将 Longhaul 加入您的 PATH 环境变量，卸载时会自动移除。"
    ${endIf}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$1" /SD IDNO IDNO longhaulPathDone
      !insertmacro editPath "add"
    longhaulPathDone:
  ${endIf}
!macroend

!macro customUnInstall
  ${ifNot} ${isUpdated}
    !insertmacro editPath "remove"
  ${endIf}
!macroend
