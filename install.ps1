<#
.SYNOPSIS
Installs agent-trace for one person on Windows.
.DESCRIPTION
Downloads the archive for this machine, checks its SHA-256, runs the program once, and only then puts it in place.
No administrator, no runtime. Variables: AGENT_TRACE_VERSION, AGENT_TRACE_INSTALL_DIR (default:
%LOCALAPPDATA%\Programs\agent-trace), AGENT_TRACE_DOWNLOAD_URL (`{version}` stands for the version),
AGENT_TRACE_INSTALL_BINARY (install this file instead).
.PARAMETER ModifyPath
Adds the directory to the person's PATH.
#>
param([switch]$ModifyPath)

function Install-AgentTrace {
  param([switch]$ModifyPath)
  Set-StrictMode -Version 2
  $ErrorActionPreference = 'Stop'
  # Without this, Windows PowerShell downloads many times slower.
  $ProgressPreference = 'SilentlyContinue'

  # Filled in when a release is made.
  $releaseVersion = ''
  $releaseUrl = ''
  $releaseSums = @'
'@

  function Say([string]$text) { [Console]::Error.WriteLine($text) }
  function Stop-Here([string]$problem, [string]$hint) {
    Say "error: $problem"
    if ($hint) { Say "hint: $hint" }
    throw [System.OperationCanceledException]::new('not installed')
  }

  function Get-Target {
    if ([Environment]::OSVersion.Platform -ne [PlatformID]::Win32NT) {
      Stop-Here 'this script installs on Windows alone' 'run install.sh instead'
    }
    if ([Environment]::OSVersion.Version.Build -lt 17763) {
      Stop-Here 'this Windows is too old' 'Windows 10 version 1809 or later is needed'
    }
    # A translated shell names the processor that it is translated to in the first variable.
    $machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    switch ($machine) {
      'AMD64' { return 'windows-x64' }
      'ARM64' { return 'windows-arm64' }
      default { Stop-Here "there is no build for the processor ``$machine``" 'there are builds for x64 and arm64' }
    }
  }

  function Receive-File([string]$name, [string]$path) {
    try {
      Invoke-WebRequest -UseBasicParsing -Uri "$url/$name" -OutFile $path
    } catch {
      Stop-Here "cannot download $url/$name ($($_.Exception.Message))" 'check the address, the version and the proxy'
    }
  }

  $target = Get-Target
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $directory = $env:AGENT_TRACE_INSTALL_DIR
  if (-not $directory) {
    if (-not $env:LOCALAPPDATA) { Stop-Here 'LOCALAPPDATA is not set' 'set AGENT_TRACE_INSTALL_DIR to the directory to install into' }
    $directory = Join-Path $env:LOCALAPPDATA 'Programs\agent-trace'
  }
  $directory = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($directory)
  $version = if ($env:AGENT_TRACE_VERSION) { $env:AGENT_TRACE_VERSION -replace '^v', '' } else { $releaseVersion }
  if ($version -notmatch '^[0-9A-Za-z.+-]*$') { Stop-Here "AGENT_TRACE_VERSION is ``$version``" 'it is a version such as 0.1.0' }
  $temporary = Join-Path $directory ".agent-trace-install.$([Guid]::NewGuid().ToString('N'))"
  try {
    New-Item -ItemType Directory -Force -Path $temporary | Out-Null
  } catch {
    Stop-Here "cannot write to $directory" 'set AGENT_TRACE_INSTALL_DIR to a directory that you may write to'
  }

  try {
    if ($env:AGENT_TRACE_INSTALL_BINARY) {
      if (-not (Test-Path -LiteralPath $env:AGENT_TRACE_INSTALL_BINARY -PathType Leaf)) {
        Stop-Here "there is no file $env:AGENT_TRACE_INSTALL_BINARY" 'set AGENT_TRACE_INSTALL_BINARY to the program'
      }
      $source = 'file'
      $program = Join-Path $temporary 'agent-trace.exe'
      Copy-Item -LiteralPath $env:AGENT_TRACE_INSTALL_BINARY -Destination $program
    } else {
      $url = if ($env:AGENT_TRACE_DOWNLOAD_URL) { $env:AGENT_TRACE_DOWNLOAD_URL } else { $releaseUrl }
      if (-not $url) { Stop-Here 'this script does not know where releases lie' 'set AGENT_TRACE_DOWNLOAD_URL, or use the install.ps1 of a release' }
      if ($url.Contains('{version}')) {
        if (-not $version) { Stop-Here 'no version is named' 'set AGENT_TRACE_VERSION' }
        $url = $url.Replace('{version}', $version)
      }
      $url = $url.TrimEnd('/')
      $knowsSums = $releaseSums.Trim() -and $version -eq $releaseVersion
      $address = [Uri]$url
      if ($address.UserInfo) { Stop-Here 'the download address holds a user name' 'it would stay readable in the receipt' }
      if ($address.Scheme -ne 'https' -and -not ($address.Scheme -eq 'http' -and ($address.IsLoopback -or $knowsSums))) {
        Stop-Here "$url is not https" 'use https, or the install.ps1 of the release, which knows its sums'
      }
      $archive = "agent-trace-$target.zip"
      if ($knowsSums) { $sums = $releaseSums } else {
        Receive-File 'SHA256SUMS' (Join-Path $temporary 'sums')
        $sums = Get-Content -Raw -LiteralPath (Join-Path $temporary 'sums')
      }
      $match = [regex]::Match($sums, "(?m)^([0-9a-f]{64}) [ *]$([regex]::Escape($archive))\r?$")
      if (-not $match.Success) { Stop-Here "the release's sums do not name $archive" 'the release may have no build for this machine, or SHA256SUMS is damaged' }
      $expected = $match.Groups[1].Value
      $source = "$url/$archive"
      Say "downloading $source"
      $zip = Join-Path $temporary 'archive.zip'
      Receive-File $archive $zip
      $actual = (Get-FileHash -Algorithm SHA256 -LiteralPath $zip).Hash.ToLowerInvariant()
      if ($actual -ne $expected) { Stop-Here "$archive is not what the release's sums say: expected $expected, got $actual" 'nothing was installed; try again' }
      Expand-Archive -LiteralPath $zip -DestinationPath $temporary
      $program = Join-Path $temporary "agent-trace-$target\agent-trace.exe"
      if (-not (Test-Path -LiteralPath $program -PathType Leaf)) { Stop-Here "$archive holds no program" "tell who runs $url" }
    }

    $code = 'it does not start'
    $shown = try {
      & $program --version | Out-String
      $code = "exit code $LASTEXITCODE"
    } catch { '' }
    if ($shown.Trim() -notmatch '^agent-trace (\S+)$') {
      Stop-Here "the program does not run here ($code)" 'nothing was installed; on x64 the processor must know SSE4.2'
    }
    $installed = $Matches[1]
    if ($version -and $installed -ne $version) { Stop-Here "asked for version $version, but this is $installed" 'check AGENT_TRACE_VERSION and AGENT_TRACE_DOWNLOAD_URL' }

    $receipt = [ordered]@{
      schema = 'agent-trace.receipt/1'
      version = $installed
      target = $target
      source = $source
      program_sha256 = (Get-FileHash -Algorithm SHA256 -LiteralPath $program).Hash.ToLowerInvariant()
      installed_at = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
      path_file = ''
    }
    $receiptFile = Join-Path $directory '.agent-trace-receipt.json'
    [IO.File]::WriteAllText($receiptFile, ($receipt | ConvertTo-Json) + "`n")
    $final = Join-Path $directory 'agent-trace.exe'
    # A program that runs can be renamed on Windows, but not replaced.
    $old = Join-Path $directory "agent-trace.old.$([Guid]::NewGuid().ToString('N')).exe"
    $replaced = Test-Path -LiteralPath $final
    if ($replaced) { Move-Item -LiteralPath $final -Destination $old }
    try {
      Move-Item -LiteralPath $program -Destination $final
    } catch {
      if ($replaced) { Move-Item -LiteralPath $old -Destination $final }
      Stop-Here "cannot put the program in place at $final" 'the old one is still there'
    }
    Get-ChildItem -LiteralPath $directory -Filter 'agent-trace.old.*.exe' | Remove-Item -Force -ErrorAction SilentlyContinue
    Say "installed agent-trace ${installed}: $final"

    $onPath = ";$env:PATH;" -like "*;$directory;*"
    if ($env:GITHUB_PATH) { Add-Content -LiteralPath $env:GITHUB_PATH -Value $directory }
    if (-not $onPath -and $ModifyPath) {
      $own = [Environment]::GetEnvironmentVariable('Path', 'User')
      if (";$own;" -notlike "*;$directory;*") {
        [Environment]::SetEnvironmentVariable('Path', (@($own, $directory) -ne '' -join ';'), 'User')
      }
      Say "added $directory to your PATH; it holds in new windows"
    } elseif (-not $onPath) {
      Say "$directory is not on PATH; run this script with -ModifyPath, or add it in the settings"
    }
    Say 'next: `agent-trace init` in a repository'
    Say 'uninstall: `agent-trace self uninstall`, with --dry-run to see what it would remove'
  } finally {
    Remove-Item -LiteralPath $temporary -Recurse -Force -ErrorAction SilentlyContinue
  }
}

# Called on the last line, so that a download that was cut off does nothing. No `exit`: it would close the window of
# who pasted the line.
try {
  Install-AgentTrace -ModifyPath:$ModifyPath
} catch [System.OperationCanceledException] {
  if ($MyInvocation.ScriptName -or $PSCommandPath) { exit 1 }
}
